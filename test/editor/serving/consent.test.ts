import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ConsentStore, consentInForce, isToBeAsked } from '../../../src/editor/serving/consent.ts';

const CHOSEN = { host: '192.168.1.5', address: '192.168.1.5', setting: '127.0.0.1' };
const SET = { host: '192.168.1.5', address: '192.168.1.5', setting: '192.168.1.5' };

suite('an address that was allowed', () => {
  test('is so whatever the setting is, where it was chosen', () => {
    for (const setting of ['127.0.0.1', '10.0.0.1', '192.168.1.5']) equal(consentInForce(CHOSEN, setting), CHOSEN);
  });

  test('is so only as long as it is set, where it was for the setting', () => {
    equal(consentInForce(SET, '192.168.1.5'), SET);
    equal(consentInForce(SET, '127.0.0.1'), undefined);
    equal(consentInForce(SET, '10.0.0.1'), undefined);
  });
});

suite('the user is asked about an address that is set', () => {
  test('when it is beyond this machine and they did not answer for it', () => {
    equal(isToBeAsked(undefined, '192.168.1.5'), true);
    equal(isToBeAsked(CHOSEN, '10.0.0.1'), true);
    equal(isToBeAsked(SET, '0.0.0.0'), true);
  });

  test('not when it is this machine, is allowed, or was there when another was chosen', () => {
    equal(isToBeAsked(undefined, '127.0.0.1'), false);
    equal(isToBeAsked(undefined, 'localhost'), false);
    equal(isToBeAsked(CHOSEN, '192.168.1.5'), false);
    equal(isToBeAsked({ ...CHOSEN, setting: '10.0.0.1' }, '10.0.0.1'), false);
  });
});

suite('what was allowed', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-consent-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('is known to the next window, until it is withdrawn', async () => {
    const store = new ConsentStore(path.join(folder, 'a'));
    equal(store.get(), undefined);
    await store.remember(SET);
    deepEqual(new ConsentStore(path.join(folder, 'a')).get(), SET);
    await store.withdraw();
    equal(new ConsentStore(path.join(folder, 'a')).get(), undefined);
  });

  test('is so in this window where it cannot be kept, and nothing is left behind', async () => {
    const unwritable = path.join(folder, 'b');
    await mkdir(path.join(unwritable, 'network-consent.json'), { recursive: true });
    const store = new ConsentStore(unwritable);
    await rejects(store.remember(SET));
    equal(store.get(), SET);
    deepEqual(await readdir(unwritable), ['network-consent.json']);
    await rejects(store.withdraw());
    equal(store.get(), undefined);
  });

  test('is nothing where the file is spoilt', async () => {
    for (const text of ['', '{', 'null', '{"host":"0.0.0.0"}', '{"host":1,"address":"","setting":""}']) {
      await writeFile(path.join(folder, 'network-consent.json'), text);
      equal(new ConsentStore(folder).get(), undefined);
    }
  });
});
