import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startUpdateServer } from '../board/update-server.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../images/image-sets.ts';
import { Authority, type IssuedFiles } from '../tools/authority.ts';
import { requireTools } from '../tools/tools.ts';
import { type Outcome, runCommand } from './run-command.ts';

let folder: string;
let boxes: BoxesFolder;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mkbox-secrets-'));
  boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi');
});
after(async () => {
  await rm(folder, { recursive: true });
  await boxes[Symbol.asyncDispose]();
});

async function secretFile(name: string, content: string | Buffer, mode = 0o600): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

const failing = (env: Record<string, string>) => runCommand([], { IMAGE_PATH: boxes.root, ...env });
const saysOnly = ({ status, stdout, stderr }: Outcome, line: string, expected = 1) =>
  deepEqual([status, stdout, stderr], [expected, '', `update-server: ${line}\n`]);

async function listedBy(url: string, pair?: string): Promise<number> {
  const headers: Record<string, string> = pair === undefined ? {} : { authorization: `Basic ${btoa(pair)}` };
  const response = await fetch(`${url}/list`, { headers });
  await response.bytes();
  return response.status;
}

suite('update-server with a file of users', () => {
  test('lets them in, and nobody else, and shows no password', async () => {
    const AUTH = await secretFile('users', '# boards\r\n\nboard:secret one\nlab:with:colon\r\n');
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH } });
    const pairs = [undefined, 'board:secret one', 'lab:with:colon', 'board:secret', '# boards:', 'a:b'];
    const statuses = [];
    for (const pair of pairs) statuses.push(await listedBy(server.url, pair));
    deepEqual(statuses, [401, 200, 200, 401, 401, 401]);
    await server.stop();
    doesNotMatch(server.lines().join('\n'), /secret|with:colon|every user of this machine/);
    match(server.lines().join('\n'), / 401 .*: the user or the password is wrong$/m);
  });

  test('is warned of blanks that may be a slip, which count all the same', async () => {
    const AUTH = await secretFile('blanks', '  # boards\nboard:secret \nlab: secret\n other:secret\nplain:se cret\n');
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH } });
    deepEqual([await listedBy(server.url, 'board:secret '), await listedBy(server.url, 'board:secret')], [200, 401]);
    await server.stop();
    const warnings = server.lines().flatMap((line) => / AUTH: (.*)$/.exec(line)?.[1] ?? []);
    const text = 'a blank at an end or beside the colon counts as part of the name or password';
    deepEqual(
      warnings,
      [2, 3, 4].map((number) => `${AUTH}, line ${number}: ${text}`),
    );
  });

  test('does not take the hashes of htpasswd for passwords', async () => {
    const { openssl } = requireTools('openssl');
    const hashes = ['-apr1', '-1', '-5', '-6'].map((kind) =>
      execFileSync(openssl, ['passwd', kind, 'secret'], { encoding: 'utf8' }).trim(),
    );
    hashes.push(`$2y$05$${'a'.repeat(53)}`, `$2b$05$${'a'.repeat(53)}`, '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=');
    for (const hash of hashes) {
      const AUTH = await secretFile('hashed', `# ours\nlab:secret\nboard:${hash}\n`);
      const problem = 'the password is a hash, as htpasswd writes it; write the password itself';
      saysOnly(await failing({ AUTH }), `AUTH: ${AUTH}, line 3: ${problem}`);
    }
    const AUTH = await secretFile('dollars', 'a:$ecret\nb:{x}\nc:$1\n');
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH } });
    equal(await listedBy(server.url, 'a:$ecret'), 200);
  });

  test('is told when everyone on the machine can read them', async () => {
    const AUTH = await secretFile('open', 'board:secret\n', 0o644);
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH } });
    await server.stop();
    match(server.lines()[1] ?? '', /Z AUTH: every user of this machine can get at .*\/open; chmod o= .*\/open$/);
  });

  test('does not start without it, and says what is wrong with it', async () => {
    const missing = path.join(folder, 'missing');
    saysOnly(await failing({ AUTH: missing }), `AUTH: there is no file ${missing}`);
    saysOnly(await failing({ AUTH: folder }), `AUTH: ${folder} is a folder, not a file`);
    const empty = await secretFile('empty', '# none yet\n\n');
    saysOnly(await failing({ AUTH: empty }), `AUTH: there is no user in ${empty}; write <user>:<password>, one a line`);
    const slip = await secretFile('slip', 'a:b\n# c\nsecret\n');
    saysOnly(await failing({ AUTH: slip }), `AUTH: ${slip}, line 3: there is no colon between a user and a password`);
    const latin = await secretFile('latin', Buffer.from('jürgen:pässwörd\n', 'latin1'));
    saysOnly(await failing({ AUTH: latin }), `AUTH: ${latin} is not UTF-8`);
  });
});

suite('update-server with a certificate', () => {
  let authority: Authority;
  let files: IssuedFiles;
  before(async () => {
    authority = await Authority.create();
    files = await authority.issue('ours');
  });
  after(() => authority[Symbol.asyncDispose]());
  const variables = ({ certPath, keyPath }: IssuedFiles) => ({ TLS_CERT: certPath, TLS_KEY: keyPath });

  test('says https:// where it can be reached, and speaks it', async () => {
    await using server = await startUpdateServer({ imagePath: boxes.root, env: variables(files) });
    match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${server.url}/list`, { rejectUnauthorized: false, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      asked.on('error', reject).end();
    });
    equal(status, 200);
    await server.stop();
    doesNotMatch(server.lines().join('\n'), / TLS_/); // openssl makes keys that nobody else can read
  });

  test('warns of one that is expired, and of a key that everyone can read', async () => {
    const expired = await authority.issue('expired', { days: -1 });
    await chmod(expired.keyPath, 0o644);
    await using server = await startUpdateServer({ imagePath: boxes.root, env: variables(expired) });
    await server.stop();
    const [, open = '', old = ''] = server.lines();
    match(open, /Z TLS_KEY: every user of this machine can get at /);
    match(old, /Z TLS_CERT: .*expired\.pem expired on \d{4}-\d\d-\d\d: boards will not trust it$/);
  });

  test('does not start with what cannot be used, and says which file that is', async () => {
    const other = await authority.issue('other');
    const { certPath, keyPath } = files;
    const missing = path.join(folder, 'missing.pem');
    const text = await secretFile('text.pem', 'hello\n');
    const cases: [env: Record<string, string>, line: string, status?: number][] = [
      [{ TLS_CERT: missing, TLS_KEY: keyPath }, `TLS_CERT: there is no file ${missing}`],
      [{ TLS_CERT: certPath, TLS_KEY: missing }, `TLS_KEY: there is no file ${missing}`],
      [
        { TLS_CERT: text, TLS_KEY: keyPath },
        `TLS_CERT: ${text} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`,
      ],
      [
        { TLS_CERT: certPath, TLS_KEY: text },
        `TLS_KEY: ${text} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)`,
      ],
      [{ TLS_CERT: certPath, TLS_KEY: other.keyPath }, `TLS_KEY: ${other.keyPath} is not the key of the certificate`],
      [{ TLS_CERT: certPath }, "TLS_CERT needs TLS_KEY, the file of the certificate's private key", 2],
    ];
    for (const [env, line, status] of cases) saysOnly(await failing(env), line, status);
  });

  test('takes PEM whatever stands around it', async () => {
    const { certPath, keyPath } = files;
    const [cert, key] = [await readFile(certPath), await readFile(keyPath)];
    const TLS_CERT = await secretFile(
      'umlaut.pem',
      Buffer.concat([Buffer.from('Schlüssel für München\n', 'latin1'), cert]),
    );
    const note = await secretFile('note.key', Buffer.concat([Buffer.from('this one is not ENCRYPTED\n'), key]));
    const marked = await secretFile('marked.key', Buffer.concat([Buffer.from('\ufeff'), key]));
    for (const TLS_KEY of [note, marked]) {
      await using server = await startUpdateServer({ imagePath: boxes.root, env: { TLS_CERT, TLS_KEY } });
      match(server.url, /^https:/);
    }
  });

  test('says what to do with a chain in the wrong order, and with files that are no PEM', async () => {
    const { openssl } = requireTools('openssl');
    const { certPath, keyPath } = files;
    const convert = async (name: string, ...args: string[]) => {
      const file = path.join(folder, name);
      execFileSync(openssl, [...args, '-out', file]);
      return file;
    };
    const turned = await secretFile(
      'turned.pem',
      (await readFile(authority.caPath, 'utf8')) + (await readFile(certPath, 'utf8')),
    );
    const certDer = await convert('cert.der', 'x509', '-in', certPath, '-outform', 'der');
    const keyDer = await convert('key.der', 'pkey', '-in', keyPath, '-outform', 'der');
    const p12 = await convert(
      'both.p12',
      'pkcs12',
      '-export',
      '-in',
      certPath,
      '-inkey',
      keyPath,
      '-passout',
      'pass:x',
    );
    const old = await convert('old.key', 'ec', '-in', keyPath, '-aes256', '-passout', 'pass:x');
    const sealed = await convert('sealed.key', 'pkcs8', '-topk8', '-in', keyPath, '-passout', 'pass:x');
    const encrypted = 'is encrypted; store it without a passphrase, readable by the server only';
    const x509 = 'is binary, not PEM; convert it with openssl x509 -inform der, or a .p12 with openssl pkcs12 -nokeys';
    const pkey =
      'is binary, not PEM; convert it with openssl pkey -inform der, or a .p12 with openssl pkcs12 -nocerts -nodes';
    const later = "must begin with the server's certificate; the one of the key comes later in it";
    for (const [TLS_CERT, TLS_KEY, line] of [
      [turned, keyPath, `TLS_CERT: ${turned} ${later}`],
      [certDer, keyPath, `TLS_CERT: ${certDer} ${x509}`],
      [p12, p12, `TLS_CERT: ${p12} ${x509}`],
      [certPath, keyDer, `TLS_KEY: ${keyDer} ${pkey}`],
      [certPath, p12, `TLS_KEY: ${p12} ${pkey}`],
      [certPath, old, `TLS_KEY: ${old} ${encrypted}`],
      [certPath, sealed, `TLS_KEY: ${sealed} ${encrypted}`],
    ] as const) {
      saysOnly(await failing({ TLS_CERT, TLS_KEY }), line);
    }
  });
});
