import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { TlsPair } from '../../src/server/socket/tls-pair.ts';
import { requireTools } from './tools.ts';

const run = promisify(execFile);

/** A certificate and its private key, in PEM files. */
export interface IssuedFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** How a certificate is made. */
export interface IssueOptions {
  /** How long it is valid from now on; less than zero: it is expired. */
  readonly days?: number;
  /** Signed by an authority that the root signed, whose certificate follows in the file. */
  readonly isChained?: boolean;
}

/** A certificate authority of a test's own, made by openssl. Disposing it removes all its files. */
export class Authority implements AsyncDisposable {
  /** The file that a client is given to trust it. */
  readonly caPath: string;
  readonly #folder: string;
  readonly #openssl: string;
  #issued = 0;

  private constructor(folder: string, openssl: string) {
    this.#folder = folder;
    this.#openssl = openssl;
    this.caPath = path.join(folder, 'root.pem');
  }

  static async create(): Promise<Authority> {
    const { openssl } = requireTools('openssl');
    const authority = new Authority(await mkdtemp(path.join(tmpdir(), 'mkbox-ca-')), openssl);
    await authority.#request('root', ['-x509', '-out', authority.caPath, '-days', '2', '-subj', '/CN=Test Root']);
    return authority;
  }

  /** A path among its files. */
  at(name: string): string {
    return path.join(this.#folder, name);
  }

  /** Makes a certificate for 127.0.0.1, ::1 and localhost, under the common name `name`. */
  async issue(name: string, { days = 2, isChained = false }: IssueOptions = {}): Promise<IssuedFiles> {
    const base = `${++this.#issued}-${name}`;
    if (isChained) await this.#sign('between', 'Test Between', 'root', 2, 'basicConstraints=critical,CA:TRUE');
    const names = 'subjectAltName=IP:127.0.0.1,IP:0:0:0:0:0:0:0:1,DNS:localhost';
    await this.#sign(base, name, isChained ? 'between' : 'root', days, names);
    const files = { certPath: this.at(`${base}.pem`), keyPath: this.at(`${base}.key`) };
    if (isChained) await appendFile(files.certPath, await readFile(this.at('between.pem')));
    return files;
  }

  /** The same, as a server is given it. */
  async pair(name: string, options?: IssueOptions): Promise<TlsPair> {
    const { certPath, keyPath } = await this.issue(name, options);
    return new TlsPair(await readFile(certPath, 'utf8'), await readFile(keyPath, 'utf8'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #request(base: string, args: readonly string[]): Promise<void> {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.at(`${base}.key`)];
    await run(this.#openssl, ['req', ...key, ...args]);
  }

  async #sign(base: string, name: string, signer: string, days: number, extension: string): Promise<void> {
    await this.#request(base, ['-out', this.at(`${base}.csr`), '-subj', `/CN=${name}`]);
    await writeFile(this.at(`${base}.ext`), `${extension}\n`);
    const by = ['-CA', this.at(`${signer}.pem`), '-CAkey', this.at(`${signer}.key`), '-CAcreateserial'];
    const files = ['-in', this.at(`${base}.csr`), '-out', this.at(`${base}.pem`), '-extfile', this.at(`${base}.ext`)];
    await run(this.#openssl, ['x509', '-req', ...by, ...files, '-days', String(days)]);
  }
}
