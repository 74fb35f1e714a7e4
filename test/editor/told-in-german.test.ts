/** What went wrong with files that the extension keeps, as a German window tells it. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { suite, test } from 'node:test';
import { REQUESTS_FORMAT } from '../../src/boards/kept-request.ts';
import { BOARDS_FORMAT } from '../../src/boards/kept-state.ts';
import { StateFile } from '../../src/boards/state-file.ts';
import { Keeper } from '../../src/builds/keeper.ts';
import { KeptBuilds } from '../../src/builds/kept-builds.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { openFileDisk } from '../../src/checks/image-disk.ts';
import { AuditLog } from '../../src/control/audit-log.ts';
import { allowedNetworks } from '../../src/editor/serving/allowed-networks.ts';
import { RollOutSetting } from '../../src/editor/serving/roll-out-setting.ts';
import { failureWords } from '../../src/editor/words/status-words.ts';
import { UserError } from '../../src/errors.ts';
import { packImage } from '../../src/images/packing/pack.ts';
import { listen } from '../../src/server/socket/listen.ts';
import { ask } from '../../src/trial/ask.ts';
import type { OnMessage, Words } from '../../src/words.ts';
import { makeBench } from '../builds/kept.ts';
import { BUILD_A, makeBoxes } from '../images/image-sets.ts';
import { until } from '../until.ts';

const bundle: Readonly<Record<string, string>> = JSON.parse(
  await readFile(path.join(import.meta.dirname, '../../l10n/bundle.l10n.de.json'), 'utf8'),
);
const GERMAN: Words = {
  t(text, ...values) {
    const german = bundle[text];
    if (german === undefined) throw new Error(`${text} has no German`);
    return german.replace(/\{(\d+)\}/g, (_, at) => String(values[Number(at)]));
  },
};

/** What is told: to a log, and in German. */
function listener(): { lines: string[]; german: string[]; onMessage: OnMessage } {
  const [lines, german]: [string[], string[]] = [[], []];
  const onMessage: OnMessage = (line, told) => {
    lines.push(line);
    german.push(told(GERMAN));
  };
  return { lines, german, onMessage };
}

const AT_MS = Date.UTC(2026, 0, 2);
const ASIDE = '.damaged-2026-01-02T00-00-00.000Z';

const damages: readonly [text: string, why: string][] = [
  ['{', 'kein JSON'],
  ['{"format":9}', 'Format 9 statt 2'],
  ['{}', 'unbekanntes Format statt 2'],
  ['{"format":2,"flashTimes":[],"boards":[1]}', '1 von 1 Einträgen sind keine gültigen Boards'],
  [
    '{"format":2,"boards":[],"instead":[1]}',
    'es gibt keine Flash-Zeiten, 1 von 1 Einträgen sind keine gültigen früheren Builds',
  ],
];

suite('in a German window', () => {
  for (const [text, why] of damages) {
    test(`boards are told of as damaged: ${why}`, async () => {
      await using folder = await makeBoxes();
      const { lines, german, onMessage } = listener();
      const file = folder.at('boards.json');
      await writeFile(file, text);
      await new StateFile(file, BOARDS_FORMAT, onMessage).read(AT_MS);
      deepEqual(german, [`Gespeicherte Boards sind beschädigt (${why}): ${file} wurde in ${file}${ASIDE} umbenannt`]);
      match(lines[0] ?? '', /^the boards kept in .* are damaged \(/);
    });
  }

  test('requests are told of that can not be read, or not be kept', async () => {
    await using folder = await makeBoxes();
    const { german, onMessage } = listener();
    const file = folder.at('requests.json');
    await mkdir(path.join(file, 'in the way'), { recursive: true });
    await new StateFile(file, REQUESTS_FORMAT, onMessage).read(AT_MS);
    const other = new StateFile(file, REQUESTS_FORMAT, onMessage);
    other.schedule(() => []);
    await other.flush();
    deepEqual(german, [
      `Gespeicherte Anfragen sind nicht lesbar (EISDIR), ab jetzt werden keine gespeichert: ${file}`,
      `Die Anfragen konnten nicht in ${file} gespeichert werden (EISDIR)`,
    ]);
  });

  test('the log of acts is told of that can not be read', async () => {
    await using folder = await makeBoxes();
    const { german, onMessage } = listener();
    await AuditLog.open(folder.root, onMessage);
    deepEqual(german, [`Das Protokoll der Eingriffe lässt sich nicht in ${folder.root} speichern (EISDIR)`]);
  });

  test('choices of builds are told of that are damaged, or can not be read', async () => {
    await using folder = await makeBoxes();
    const { german, onMessage } = listener();
    const file = folder.at('choices.json');
    await writeFile(file, '{');
    await KeptBuilds.open(folder.root, onMessage);
    match(german[0] ?? '', /choices\.json ist beschädigt; .* Die Datei wurde in .* umbenannt; prüfen Sie, /);
    await using other = await makeBoxes();
    await mkdir(other.at('choices.json'));
    await KeptBuilds.open(other.root, onMessage);
    equal(german[1], `Welche Builds wieder auszuliefern sind, ist nicht lesbar (EISDIR): ${other.at('choices.json')}`);
  });

  test('builds are told of that can not be kept, for want of room', async () => {
    await using bench = await makeBench();
    const { german, onMessage } = listener();
    const checks = new ImageChecks();
    const image = await bench.build(BUILD_A);
    if (image.state.kind !== 'ready') throw new Error('incomplete');
    const keeper = new Keeper({
      builds: await bench.open(),
      catalog: bench.catalog,
      checks,
      bounds: () => ({ builds: 1, bytes: 1 }),
      isBusy: () => false,
      isNeeded: () => false,
      isRun: () => false,
      onMessage,
      paces: { idle: 5, look: 5 },
    });
    const { zstIdentity: identity, buildId, checksums } = image.state;
    await checks.verdict({ ...image, identity, buildId, checksums });
    await until(() => german.length > 0);
    const why = 'die übrigen belegen allen Platz, den aufbewahrte Builds haben dürfen';
    deepEqual(german, [
      `Build aaaaaaa von box/box-pi kann nicht aufbewahrt werden (${why}); ausgeliefert wird er trotzdem`,
    ]);
    await keeper.close();
    await checks.close();
  });

  const said = (error: unknown) => (error instanceof UserError ? error.told(GERMAN) : String(error));

  test('an image is told of that can not be packed, or not be read', async () => {
    await using folder = await makeBoxes();
    const pack = (image: string, from = folder.root, buildId?: string) =>
      packImage({ folder: from, image, ...(buildId && { buildId }) }).then(() => 'packed', said);
    equal(await pack('gone'), `Nichts zu packen in ${folder.root}: gone.img fehlt.`);
    equal(
      await pack('gone', folder.at('no')),
      `Der Ordner ${folder.at('no')} ist nicht lesbar: Gibt es ihn, und dürfen Sie ihn lesen?`,
    );
    await writeFile(folder.at('raw.img'), 'raw');
    match(
      await pack('raw'),
      /^In raw\.img steht keine Build-ID, und die eines alten Satzes ist die eines anderen Builds: /,
    );
    equal(await pack('raw', folder.root, 'abc'), '"abc" ist keine Build-ID: Das sind 64 Hexadezimalziffern.');
    const place = { root: folder.root, folder: folder.root, name: 'gone.img.zst' };
    equal(await openFileDisk(place, {}).then(() => 'open', said), 'gone.img.zst fehlt');
    await writeFile(folder.at('bad.img.zst'), 'no zstd');
    const bad = openFileDisk({ ...place, name: 'bad.img.zst' }, {});
    match(await bad.then(() => 'open', said), /bad\.img\.zst/);
  });

  test('who may ask is told of where that is none', () => {
    const allowed = (setting: unknown) => {
      try {
        return allowedNetworks(setting);
      } catch (error) {
        return said(error);
      }
    };
    const form = '"alle" ist keine Adresse und kein Netz; schreiben Sie 10.0.0.7, 10.0.0.0/8 oder fd00::/8';
    equal(allowed(['alle']), `mkbox.allow: ${form}`);
    equal(allowed('alle'), 'mkbox.allow muss eine Liste von Adressen und Netzen sein, etwa ["10.0.0.0/8", "fd00::/8"]');
  });

  test('an address is told of that is none', async () => {
    const host = 'no.such.host.invalid';
    const error = await listen(createServer(), { host, port: 0 }).catch((caught: unknown) => caught);
    const remedy = 'geben Sie nur einen Namen oder eine Adresse an, ohne Port und ohne http://';
    equal(said(error), `${host} lässt sich in keine Adresse auflösen; ${remedy}`);
    const failure = { kind: 'other', message: String(error), told: () => said(error) } as const;
    equal(failureWords(failure, GERMAN), said(error));
  });

  test('a server is told of that can not be tried', async () => {
    const tried = (server: string, target = '/update/box/box-pi') =>
      ask(server, target, { signal: new AbortController().signal, silenceMs: 1_000 }).then(() => 'asked', said);
    const nowhere = 'http://127.0.0.1:1';
    equal(await tried(nowhere), `${nowhere} lässt sich nicht fragen: ECONNREFUSED, dort nimmt nichts Verbindungen an`);
    const unknown = 'http://no.such.host.invalid';
    match(await tried(unknown), /^http:\/\/no\.such\.host\.invalid lässt sich nicht fragen: [A-Z_]+, /);
    equal(await tried('ftp://lab'), '"ftp://lab" ist keine Adresse eines Servers, wie http://10.0.0.1:5555 eine ist');
    const encode = 'Schreiben Sie sie in Prozentkodierung';
    equal(await tried(nowhere, '/ä'), `"/ä" enthält Zeichen, die keine Anfrage haben darf: ${encode}`);
  });

  test('stages are told of that are none', () => {
    const setting = <T>(value: T) => ({ get: () => value, onDidChange: () => ({ dispose() {} }) });
    const { lines, german, onMessage } = listener();
    for (const stages of [['viele'], 5]) {
      new RollOutSetting({ rollOutStages: setting<unknown>(stages), rollOutWait: setting(0) }, onMessage).dispose();
    }
    const meanwhile = 'bis Sie das korrigieren, gehen neue Builds an 1 Board, dann an 10 % und dann an alle';
    deepEqual(german, [
      `mkbox.rollOut.stages: Stufen sind etwa 1,10%,all; "viele" ist keine; ${meanwhile}`,
      `mkbox.rollOut.stages: Stufen sind eine Liste, etwa ["1", "10%", "all"]; ${meanwhile}`,
    ]);
    match(lines[0] ?? '', /^mkbox\.rollOut\.stages: stages are such as .*; until you correct it, new builds go out /);
  });
});
