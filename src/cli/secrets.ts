import { constants, open } from 'node:fs/promises';
import { codeText } from '../code-text.ts';
import { errorCode, UserError } from '../errors.ts';
import { Credentials, pairProblem, pairWarning } from '../server/admission/credentials.ts';
import { TlsPair, TlsPairError } from '../server/socket/tls-pair.ts';

/** Where the certificate and its key lie. */
export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** What was read, and warnings about it: lines of English. */
export interface Read<T> {
  readonly value: T;
  readonly warnings: readonly string[];
}

/** Any permission of those who are neither the file's owner nor in its group (inode(7)). */
const OTHERS = 0o007;

/**
 * Reads a file of users: `user:password`, one a line; lines that begin with `#` and blank ones count for nothing.
 * @throws UserError that names the line, and never what stands in it.
 */
export async function readUsers(path: string): Promise<Read<Credentials>> {
  const { text, warnings } = await readSecret('AUTH', path);
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 }));
  const pairs = lines.filter(({ line }) => line.trim() !== '' && !line.trim().startsWith('#'));
  for (const { line, number } of pairs) {
    const problem = pairProblem(line);
    if (problem !== undefined) throw new UserError(`AUTH: ${path}, line ${number}: ${problem}`);
    const warning = pairWarning(line);
    if (warning !== undefined) warnings.push(`AUTH: ${path}, line ${number}: ${warning}`);
  }
  if (pairs.length === 0) throw new UserError(`AUTH: there is no user in ${path}; write <user>:<password>, one a line`);
  return { value: new Credentials(pairs.map(({ line }) => line)), warnings };
}

/** Reads a certificate and its key. @throws UserError that says which of them can't be used, and why. */
export async function readTls({ certPath, keyPath }: TlsFiles): Promise<Read<TlsPair>> {
  const { text: cert } = await readPlain('TLS_CERT', certPath, pemText);
  const { text: key, warnings } = await readSecret('TLS_KEY', keyPath, pemText);
  try {
    const value = new TlsPair(cert, key);
    const warning = value.warning(Date.now());
    return { value, warnings: warning === undefined ? warnings : [...warnings, `TLS_CERT: ${certPath} ${warning}`] };
  } catch (error) {
    if (!(error instanceof TlsPairError)) throw error;
    const [name, path] = error.part === 'key' ? ['TLS_KEY', keyPath] : ['TLS_CERT', certPath];
    throw new UserError(`${name}: ${path} ${error.message}`);
  }
}

/** Opening a FIFO would wait for who writes to it, and hold up a server that stops (open(2)); absent on Windows. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants;

const utf8Text = (bytes: Buffer) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** PEM is ASCII, whatever comments around it are in; OpenSSL takes no byte order mark before it. */
const pemText = (bytes: Buffer) => bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');

/** A file's text, and a warning where everyone may read it. */
async function readSecret(
  name: string,
  path: string,
  textOf = utf8Text,
): Promise<{ text: string; warnings: string[] }> {
  const { text, mode } = await readPlain(name, path, textOf);
  const isOpen = process.platform !== 'win32' && (mode & OTHERS) !== 0;
  return { text, warnings: isOpen ? [`${name}: every user of this machine can get at ${path}; chmod o= ${path}`] : [] };
}

async function readPlain(
  name: string,
  path: string,
  textOf: (bytes: Buffer) => string,
): Promise<{ text: string; mode: number }> {
  try {
    await using file = await open(path, O_RDONLY | O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile() && !stats.isDirectory()) throw new UserError(`${name}: ${path} is not a file`);
    return { text: textOf(await file.readFile()), mode: stats.mode };
  } catch (error) {
    const code = errorCode(error);
    switch (code) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw new UserError(`${name}: there is no file ${path}`);
      case 'EISDIR':
        throw new UserError(`${name}: ${path} is a folder, not a file`);
      case 'ERR_ENCODING_INVALID_ENCODED_DATA':
        throw new UserError(`${name}: ${path} is not UTF-8`);
      case undefined:
        throw error;
      default:
        throw new UserError(`${name}: ${path} cannot be read (${codeText(code)}); check its permissions`);
    }
  }
}
