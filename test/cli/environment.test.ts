import { deepEqual, equal, throws } from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { readEnvironment, UsageError } from '../../src/cli/environment.ts';

const DEFAULTS = {
  host: '127.0.0.1',
  port: 8080,
  imagePath: './',
  followLinks: false,
  stopAfterRequest: false,
  allowedHosts: [],
  allowForeign: false,
  checksPath: path.join(homedir(), '.cache', 'mkbox', 'checks.json'),
  insideCache: { folder: path.join(homedir(), '.cache', 'mkbox', 'inside'), mostBytes: 4e9 },
  statePath: undefined,
  keep: undefined,
  stopLoops: true,
  rollOut: undefined,
  auth: undefined,
  tlsFiles: undefined,
  logFormat: 'text',
  controlPath: undefined,
  rateLimit: undefined,
  maxTransfers: undefined,
};

/** What is said, apart from networks, which are compared by who is in them. */
function plainSettings(environment: NodeJS.ProcessEnv) {
  const { trustedProxies, statusAllow, allow, ...plain } = readEnvironment(environment);
  return plain;
}

suite('the environment', () => {
  test('says nothing when it is empty', () => deepEqual(plainSettings({}), DEFAULTS));

  test('says nothing by variables that are empty', () => {
    const empty = {
      HOST: '',
      PORT: '',
      IMAGE_PATH: '',
      FOLLOW_LINKS: '',
      STOP_AFTER_REQUEST: '',
      ALLOWED_HOSTS: '',
      ALLOW_FOREIGN: '',
      CHECKS_PATH: '',
      INSIDE_CACHE: '',
      STATE_PATH: '',
      KEEP_BUILDS: '',
      KEEP_PATH: '',
      KEEP_SIZE: '',
      STOP_LOOPS: '',
      ROLLOUT: '',
      ROLLOUT_WAIT: '',
      ALLOW: '',
      AUTH: '',
      TLS_CERT: '',
      TLS_KEY: '',
      LOG_FORMAT: '',
      CONTROL_PATH: '',
      RATE_LIMIT: '',
      MAX_TRANSFERS: '',
    };
    equal(readEnvironment(empty).allow, undefined);
    deepEqual(plainSettings(empty), DEFAULTS);
  });

  test('says all that can be set', () => {
    const environment = {
      HOST: '0.0.0.0',
      PORT: '5555',
      IMAGE_PATH: '/srv/boxes',
      FOLLOW_LINKS: 'yes',
      STOP_AFTER_REQUEST: 'true',
      ALLOWED_HOSTS: 'updates.example.org',
      ALLOW_FOREIGN: 'true',
      CHECKS_PATH: '/var/lib/mkbox/checks.json',
      INSIDE_CACHE: '1.5G',
      STATE_PATH: '/var/lib/mkbox/boards.json',
      KEEP_BUILDS: '3',
      KEEP_PATH: '/srv/builds',
      KEEP_SIZE: '20G',
      STOP_LOOPS: 'false',
      ROLLOUT: '1, 10%',
      ROLLOUT_WAIT: '30m',
      AUTH: '/etc/mkbox/users',
      TLS_CERT: '/etc/mkbox/cert.pem',
      TLS_KEY: '/etc/mkbox/key.pem',
      LOG_FORMAT: 'json',
      RATE_LIMIT: '12.5M',
      MAX_TRANSFERS: '8',
    };
    deepEqual(plainSettings(environment), {
      host: '0.0.0.0',
      port: 5555,
      imagePath: '/srv/boxes',
      followLinks: true,
      stopAfterRequest: true,
      allowedHosts: ['updates.example.org'],
      allowForeign: true,
      checksPath: '/var/lib/mkbox/checks.json',
      insideCache: { folder: path.join('/var/lib/mkbox', 'inside'), mostBytes: 1_500_000_000 },
      controlPath: '/var/lib/mkbox/control.sock',
      statePath: '/var/lib/mkbox/boards.json',
      keep: { folder: '/srv/builds', bounds: { builds: 3, bytes: 20e9 } },
      stopLoops: false,
      rollOut: {
        stages: [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 10 }, { kind: 'all' }],
        waitMs: 1_800_000,
      },
      auth: { kind: 'file', path: '/etc/mkbox/users' },
      tlsFiles: { certPath: '/etc/mkbox/cert.pem', keyPath: '/etc/mkbox/key.pem' },
      logFormat: 'json',
      rateLimit: 12_500_000,
      maxTransfers: 8,
    });
  });

  test('names networks, and nobody by default', () => {
    equal(readEnvironment({}).trustedProxies.includes('127.0.0.1'), false);
    const { trustedProxies, statusAllow } = readEnvironment({
      TRUSTED_PROXIES: '127.0.0.1, fd00::/8',
      STATUS_ALLOW: '10.0.0.0/8',
    });
    deepEqual([trustedProxies.includes('fd12::1'), trustedProxies.includes('10.1.2.3')], [true, false]);
    deepEqual([statusAllow.includes('10.1.2.3'), statusAllow.includes('127.0.0.1')], [true, false]);
    const message = 'STATUS_ALLOW: "lab" is no address or network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8';
    throws(() => readEnvironment({ STATUS_ALLOW: 'lab' }), new UsageError(message));
  });

  test('lets in everyone by default, or the networks that it names', () => {
    equal(readEnvironment({}).allow, undefined);
    const { allow } = readEnvironment({ ALLOW: '10.0.0.0/8, fd00::/8 192.0.2.7' });
    deepEqual(
      ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '192.0.2.7', '192.0.2.8', '127.0.0.1'].map((it) =>
        allow?.includes(it),
      ),
      [true, true, true, true, false, false],
    );
    const message = 'ALLOW: "10.0.0.0/33" is no address or network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8';
    throws(() => readEnvironment({ ALLOW: '10.0.0.0/33' }), new UsageError(message));
    throws(() => readEnvironment({ ALLOW: ' , ' }), new UsageError('ALLOW names nobody; unset it to let in everyone'));
  });

  test('names one user with a password, or a file of them', () => {
    const { auth } = readEnvironment({ AUTH: 'board:se:cret' });
    equal(auth?.kind === 'user' && auth.credentials.check(`Basic ${btoa('board:se:cret')}`), 'right');
    deepEqual(readEnvironment({ AUTH: './users' }).auth, { kind: 'file', path: './users' });
  });

  for (const [AUTH, problem] of Object.entries({
    ':secret': 'there is no user before the colon',
    'board:': 'there is no password after the colon',
    'board:se\u0007cret': 'it holds a control character',
  })) {
    test(`may not have the user ${JSON.stringify(AUTH)}, whose password is not repeated`, () => {
      throws(() => readEnvironment({ AUTH }), new UsageError(`AUTH: ${problem}`));
    });
  }

  test('names a certificate and its key, or neither', () => {
    throws(
      () => readEnvironment({ TLS_CERT: 'cert.pem' }),
      new UsageError("TLS_CERT needs TLS_KEY, the file of the certificate's private key"),
    );
    throws(
      () => readEnvironment({ TLS_KEY: 'key.pem', TLS_CERT: '' }),
      new UsageError('TLS_KEY needs TLS_CERT, the file of the certificate'),
    );
  });

  test("keeps what is known of images among the user's caches, or where systemd gives it room, or nowhere", () => {
    const checksPath = (environment: NodeJS.ProcessEnv) => readEnvironment(environment).checksPath;
    equal(checksPath({ XDG_CACHE_HOME: '/caches' }), path.join('/caches', 'mkbox', 'checks.json'));
    equal(checksPath({ XDG_CACHE_HOME: 'not/absolute' }), DEFAULTS.checksPath);
    equal(
      checksPath({ CACHE_DIRECTORY: '/var/cache/mkbox:/var/cache/more' }),
      path.join('/var/cache/mkbox', 'checks.json'),
    );
    equal(checksPath({ CHECKS_PATH: 'none' }), undefined);
  });

  test('keeps decompressed images beside that, of a size that has a bound', () => {
    const insideCache = (environment: NodeJS.ProcessEnv) => readEnvironment(environment).insideCache;
    const folder = path.join('/caches', 'mkbox', 'inside');
    const caches = { XDG_CACHE_HOME: '/caches' };
    deepEqual(insideCache(caches), { folder, mostBytes: 4e9 });
    deepEqual(insideCache({ ...caches, INSIDE_CACHE: '500M' }), { folder, mostBytes: 5e8 });
    equal(insideCache({ ...caches, INSIDE_CACHE: 'none' }), undefined);
    equal(insideCache({ ...caches, CHECKS_PATH: 'none' }), undefined);
    deepEqual(insideCache({ ...caches, CHECKS_PATH: 'none', INSIDE_CACHE: '1G' }), { folder, mostBytes: 1e9 });
    for (const INSIDE_CACHE of ['0', 'much', '-1G', '1T']) {
      const message = `INSIDE_CACHE must be a size, such as 500M or 4G, or none, not "${INSIDE_CACHE}"`;
      throws(() => readEnvironment({ INSIDE_CACHE }), new UsageError(message));
    }
  });

  test('keeps builds beside what is known of boards, as many and as large as it says', () => {
    const keep = (environment: NodeJS.ProcessEnv) => readEnvironment(environment).keep;
    const folder = path.join('/state', 'builds');
    const state = { STATE_PATH: '/state/boards.json' };
    deepEqual(keep(state), { folder, bounds: undefined });
    deepEqual(keep({ ...state, KEEP_BUILDS: '2' }), { folder, bounds: { builds: 2, bytes: 5e9 } });
    deepEqual(keep({ ...state, KEEP_BUILDS: '0', KEEP_SIZE: '500M' }), { folder, bounds: { builds: 0, bytes: 5e8 } });
    equal(keep({ KEEP_BUILDS: '0' }), undefined);
    throws(
      () => keep({ KEEP_BUILDS: '1' }),
      new UsageError('KEEP_BUILDS needs KEEP_PATH, a folder for the builds, or STATE_PATH, beside which they are kept'),
    );
    throws(
      () => keep({ ...state, KEEP_BUILDS: 'all' }),
      new UsageError('KEEP_BUILDS must be a whole number, not "all"; 0 keeps none'),
    );
    throws(
      () => keep({ ...state, KEEP_SIZE: '0' }),
      new UsageError('KEEP_SIZE must be a size, such as 500M or 20G, not "0"'),
    );
  });

  test('has three forms of a log, and one for the journal if standard output is one', () => {
    const { dev, ino } = fstatSync(1, { bigint: true });
    const logFormat = (environment: NodeJS.ProcessEnv) => readEnvironment(environment).logFormat;
    equal(logFormat({ JOURNAL_STREAM: `${dev}:${ino}` }), 'journald');
    equal(logFormat({ JOURNAL_STREAM: `${dev}:${ino + 1n}` }), 'text');
    equal(logFormat({ JOURNAL_STREAM: `${dev}:${ino}`, LOG_FORMAT: 'json' }), 'json');
    for (const LOG_FORMAT of ['JSON', 'toString', 'xml']) {
      const message = `LOG_FORMAT must be text, json or journald, not "${LOG_FORMAT}"`;
      throws(() => logFormat({ LOG_FORMAT }), new UsageError(message));
    }
  });

  const rates = {
    0: undefined,
    '0.0k': undefined,
    1000: 1000,
    '1k': 1000,
    '2.5M': 2_500_000,
    '0.5G': 5e8,
    '1.0005k': 1001,
  };
  for (const [RATE_LIMIT, rate] of Object.entries(rates)) {
    test(`may set a rate of ${RATE_LIMIT}`, () => equal(readEnvironment({ RATE_LIMIT }).rateLimit, rate));
  }

  for (const RATE_LIMIT of ['999', '0.9k', '1m', '1K', '10MB', '10 M', '-1', '1e6', '.5M', '1.M', 'fast', '1,5M']) {
    test(`may not set a rate of ${JSON.stringify(RATE_LIMIT)}`, () => {
      const message = `RATE_LIMIT must be bytes per second, 1000 or more, such as 500k, 12.5M or 1G, not ${JSON.stringify(RATE_LIMIT)}; 0 sets no limit`;
      throws(() => readEnvironment({ RATE_LIMIT }), new UsageError(message));
    });
  }

  test('may set how many transfers run at a time', () => {
    equal(readEnvironment({ MAX_TRANSFERS: '1' }).maxTransfers, 1);
    equal(readEnvironment({ MAX_TRANSFERS: '0100' }).maxTransfers, 100);
    equal(readEnvironment({ MAX_TRANSFERS: '0' }).maxTransfers, undefined);
  });

  for (const MAX_TRANSFERS of ['-1', '1.5', 'all', '1e3', ' 1', '12345678901']) {
    test(`may not set ${JSON.stringify(MAX_TRANSFERS)} transfers at a time`, () => {
      const message = `MAX_TRANSFERS must be a whole number, not ${JSON.stringify(MAX_TRANSFERS)}; 0 sets no limit`;
      throws(() => readEnvironment({ MAX_TRANSFERS }), new UsageError(message));
    });
  }

  for (const PORT of ['0', '1', '65535', '08080']) {
    test(`may set port ${PORT}`, () => equal(readEnvironment({ PORT }).port, Number(PORT)));
  }

  for (const PORT of ['65536', '99999', '100000', '-1', '80.5', '0x50', '1e3', ' 80', '80 ', 'abc', 'http', '８０']) {
    test(`may not set port ${JSON.stringify(PORT)}`, () => {
      const message = `PORT must be a number from 0 to 65535, not ${JSON.stringify(PORT)}; 0 picks a free one`;
      throws(() => readEnvironment({ PORT }), new UsageError(message));
    });
  }

  for (const [word, meaning] of Object.entries({
    true: true,
    TRUE: true,
    1: true,
    yes: true,
    false: false,
    No: false,
    0: false,
  })) {
    test(`means ${meaning} by STOP_AFTER_REQUEST=${word}`, () => {
      equal(readEnvironment({ STOP_AFTER_REQUEST: word }).stopAfterRequest, meaning);
    });
  }

  for (const word of ['maybe', 'on', '2', ' true', 'toString']) {
    test(`means nothing by STOP_AFTER_REQUEST=${word}`, () => {
      const message = `STOP_AFTER_REQUEST must be true or false, not ${JSON.stringify(word)}`;
      throws(() => readEnvironment({ STOP_AFTER_REQUEST: word }), new UsageError(message));
    });
  }

  for (const [variables, message] of [
    [{ ROLLOUT: '1,x' }, /^UserError: ROLLOUT: stages are such as 1,10%,all; "x" is none$/],
    [{ ROLLOUT: '0' }, /"0" is none$/],
    [{ ROLLOUT: '101%' }, /"101%" is none$/],
    [{ ROLLOUT: '1', ROLLOUT_WAIT: '30' }, /^UserError: ROLLOUT_WAIT must be a time, such as 30m or 2h, not "30"$/],
    [{ ROLLOUT_WAIT: '30m' }, /^UserError: ROLLOUT_WAIT needs ROLLOUT/],
  ] as const) {
    test(`refuses ${JSON.stringify(variables)}`, () => throws(() => readEnvironment(variables), message));
  }

  test('keeps a value in one line, whatever it holds', () => {
    throws(() => readEnvironment({ PORT: '80\n90' }), /^UserError: PORT must be .* not "80\\n90"; 0 picks a free one$/);
  });

  test('names hosts with commas, spaces or both between them', () => {
    deepEqual(readEnvironment({ ALLOWED_HOSTS: ' a.example, b.example,,c.example d.example\n' }).allowedHosts, [
      'a.example',
      'b.example',
      'c.example',
      'd.example',
    ]);
  });

  test('takes the host of a URL, without a port and a final dot, for a name', () => {
    const given = 'https://Update.example.org:5555/ update.example.org. *.lab.example:80 prüf.example.org [::1]:80 *';
    deepEqual(readEnvironment({ ALLOWED_HOSTS: given }).allowedHosts, [
      'update.example.org',
      'update.example.org',
      '.lab.example',
      'xn--prf-ioa.example.org',
      '::1',
      '*',
    ]);
    throws(
      () => readEnvironment({ ALLOWED_HOSTS: 'a.example,b_*.example' }),
      new UsageError(
        'ALLOWED_HOSTS: "b_*.example" is no name; write update.example.org, .example.org for all names below it, or *',
      ),
    );
  });

  test("says where the server is controlled: what is named, else the service's folder, the state's, or the user's", () => {
    const [CONTROL_PATH, RUNTIME_DIRECTORY] = ['/a/socket', '/run/ours:/run/more'];
    const [STATE_PATH, XDG_RUNTIME_DIR] = ['/var/state.json', '/run/user/7'];
    const pathOf = (environment: NodeJS.ProcessEnv) => readEnvironment(environment).controlPath;
    equal(pathOf({ CONTROL_PATH, RUNTIME_DIRECTORY, STATE_PATH, XDG_RUNTIME_DIR }), '/a/socket');
    equal(pathOf({ RUNTIME_DIRECTORY, STATE_PATH, XDG_RUNTIME_DIR }), '/run/ours/control.sock');
    equal(pathOf({ STATE_PATH, XDG_RUNTIME_DIR }), '/var/control.sock');
    equal(pathOf({ XDG_RUNTIME_DIR }), '/run/user/7/mkbox/control.sock');
    equal(pathOf({ CONTROL_PATH: 'none', STATE_PATH }), undefined);
  });
});
