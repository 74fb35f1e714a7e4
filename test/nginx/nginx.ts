import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenWeEnd } from '../end-with-us.ts';
import { freePort } from '../free-port.ts';
import { requireTools } from '../tools/tools.ts';
import { until } from '../until.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const TLS = path.join(PROJECT, 'test/fixtures/tls');

/** The certificate that nginx shows here for localhost, for clients that are to trust it. */
export const CERTIFICATE_FILE = path.join(TLS, 'localhost.pem');

/** An nginx in front of a server, with a configuration of `contrib/`. */
export interface Nginx extends AsyncDisposable {
  /** Its addresses, without a slash at the end. */
  readonly url: string;
  readonly tlsUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Where an edge keeps archives. */
  readonly cache: string;
  /** Where it would spool what passes through. */
  readonly temporary: string;
  /** What it logged as wrong. */
  errors(): Promise<string>;
}

/** What a test changes in a configuration: texts that stand in it, and what stands there instead. */
export type Changes = Readonly<Record<string, string>>;

/** The folder of an edge's cache, in which Debian's nginx brings all but the last one: nginx makes no more itself. */
const EDGE_CACHE = '/var/lib/nginx/mkbox';

/** Starts `contrib/nginx.conf` in front of the server on `originPort`. */
export function startFront(originPort: number, changes: Changes = {}): Promise<Nginx> {
  return start('nginx.conf', { 'server 127.0.0.1:8080': `server 127.0.0.1:${originPort}`, ...changes });
}

/** Starts `contrib/nginx-edge.conf`, with an empty cache, for the server on `originPort`. */
export function startEdge(originPort: number, changes: Changes = {}): Promise<Nginx> {
  return start('nginx-edge.conf', { 'server origin.example.org:80': `server 127.0.0.1:${originPort}`, ...changes });
}

async function start(name: string, changes: Changes): Promise<Nginx> {
  const { nginx } = requireTools('nginx');
  const home = await mkdtemp(path.join(tmpdir(), 'mkbox-nginx-'));
  const cache = path.join(home, EDGE_CACHE);
  await mkdir(path.dirname(cache), { recursive: true });
  const [port, tlsPort] = [await freePort(), await freePort()];
  const site = changed(await readFile(path.join(PROJECT, 'contrib', name), 'utf8'), {
    'listen 80 ': `listen 127.0.0.1:${port} `,
    'listen 443 ': `listen 127.0.0.1:${tlsPort} `,
    '/etc/ssl/certs/updates.example.org.pem': path.join(TLS, 'localhost.pem'),
    '/etc/ssl/private/updates.example.org.key': path.join(TLS, 'localhost.key'),
    ...(name === 'nginx-edge.conf' ? { [EDGE_CACHE]: cache } : {}),
    ...changes,
  });
  await mkdir(path.join(home, 'temporary'));
  await writeFile(path.join(home, 'site.conf'), site);
  await writeFile(path.join(home, 'nginx.conf'), surroundings(home));
  const child = spawn(nginx, ['-p', home, '-c', path.join(home, 'nginx.conf'), '-e', path.join(home, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = () => child.kill('SIGTERM');
  const callOff = whenWeEnd(kill);
  await untilItListens(child, port, home);
  return {
    url: `http://127.0.0.1:${port}`,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
    port,
    pid: child.pid ?? 0,
    cache,
    temporary: path.join(home, 'temporary'),
    errors: () => readFile(path.join(home, 'error.log'), 'utf8'),
    async [Symbol.asyncDispose]() {
      callOff();
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        kill();
        await exited;
      }
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What stands around a site on a machine: two workers, and a habit of compressing whatever it can. */
function surroundings(home: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/temporary/${name};`,
  );
  return `
daemon off;
worker_processes 2;
worker_rlimit_nofile 16384;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${home}/pid;
events { worker_connections 4096; }
http {
  ${temporary.join(' ')}
  access_log ${home}/access.log;
  gzip on;
  gzip_proxied any;
  gzip_types *;
  include ${home}/site.conf;
}
`;
}

function changed(text: string, changes: Changes): string {
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`the configuration has no ${JSON.stringify(from)} to be changed`);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function untilItListens(child: ChildProcess, port: number, home: string): Promise<void> {
  await until(async () => {
    const socket = connect(port, '127.0.0.1');
    const listens = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (!listens && child.exitCode !== null) {
      const errors = await readFile(path.join(home, 'error.log'), 'utf8').catch(() => '');
      throw new Error(`nginx does not start:\n${errors}`);
    }
    return listens;
  });
}
