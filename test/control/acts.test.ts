import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { Acts } from '../../src/control/acts.ts';
import { auditFile } from '../../src/control/audit-file.ts';
import { type AuditEntry, AuditLog } from '../../src/control/audit-log.ts';
import { recordAutomaticActs } from '../../src/control/automatic-acts.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { type Bench, BUILD, OLD, startBench } from '../boards/bench.ts';

const IMAGE = 'box/box-pi';

/** Two boards, and what anna can do to them. */
async function twoBoards(filePath?: string): Promise<{ bench: Bench; audit: AuditLog; acts: Acts; ids: string[] }> {
  const bench = await startBench();
  for (const from of ['127.0.0.2', '127.0.0.3']) await bench.boot(OLD, { from });
  const audit = await AuditLog.open(filePath, (text) => assert.fail(text));
  const acts = new Acts({ registry: bench.registry, audit, by: 'anna', now: () => 7 });
  return { bench, audit, acts, ids: bench.registry.boards.map(({ id }) => id) };
}

async function tempFile() {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-acts-'));
  return {
    file: path.join(folder, 'below', 'boards.acts.jsonl'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe('an act', () => {
  it('is done to each board, and recorded with who did it, when and why', async () => {
    const { bench, audit, acts, ids } = await twoBoards();
    await using _ = bench;
    acts.hold([...ids, 'unknown'], 'the display');
    const held = { by: 'anna', atMs: 7, why: 'the display' };
    assert.deepEqual(
      bench.registry.boards.map(({ isHeld, held }) => [isHeld, held]),
      [
        [true, held],
        [true, held],
      ],
    );
    acts.release(ids);
    acts.pin(ids, { image: IMAGE, build: OLD });
    acts.unpin(ids.slice(1));
    acts.tag(ids, { add: ['lab', 'a b'] });
    acts.tag(ids.slice(0, 1), { remove: ['lab'] });
    acts.rename(ids[0] ?? '', 'bench 1');
    acts.forget(ids.slice(1));
    const [board, ...others] = bench.registry.boards;
    assert.deepEqual([board?.name, board?.tags, board?.isHeld, board?.held], ['bench 1', ['a-b'], false, undefined]);
    assert.deepEqual(board?.pin, { image: IMAGE, build: OLD, by: 'anna', atMs: 7 });
    assert.deepEqual(others, []);
    const told = audit.about({ board: ids[0] ?? '' }, 3).map(({ act, name, detail }) => [act, name, detail]);
    assert.deepEqual(told, [
      ['rename', '127.0.0.2', 'bench 1'],
      ['tag', '127.0.0.2', '-lab'],
      ['tag', '127.0.0.2', '+lab +a-b'],
    ]);
    assert.equal(audit.entries.length, 2 + 2 + 2 + 1 + 2 + 1 + 1 + 1);
    assert.deepEqual(audit.about({ image: IMAGE }, 9).length, 2);
  });
});

describe('a long reason', () => {
  const why = 'because '.repeat(500);

  it('is cut, and costs no board its hold or its pin at the next start, nor the log its entries', async () => {
    await using temp = await tempFile();
    const statePath = `${path.dirname(temp.file)}/boards.json`;
    await using bench = await startBench({ statePath });
    await bench.boot(OLD);
    const audit = await AuditLog.open(temp.file, (text) => assert.fail(text));
    const acts = new Acts({ registry: bench.registry, audit, by: 'anna '.repeat(500) });
    const ids = [bench.board().id];
    acts.pin(ids, { image: IMAGE, build: OLD }, why);
    acts.hold(ids, why);
    acts.rename(ids[0] ?? '', why);
    acts.tag(ids, { add: Array.from({ length: 20 }, (_, at) => `${at}-${why}`) });
    acts.rollOut(IMAGE, BUILD, OLD, { stages: [{ kind: 'all' }], isByHand: true }, why);
    acts.haltRollOut(IMAGE, BUILD, why);
    await Promise.all([bench.registry.close(), audit.close()]);

    const next = await BoardRegistry.open({ statePath, onMessage: assert.fail });
    const [{ held, pin, tags = [] } = assert.fail()] = next.boards;
    assert.deepEqual([held?.why, pin?.why, tags.length], [why.slice(0, 1_000), why.slice(0, 1_000), 20]);
    assert.deepEqual(next.rollOuts.list, bench.registry.rollOuts.list);
    const again = await AuditLog.open(temp.file, (text) => assert.fail(text));
    assert.deepEqual(
      again.entries.map(({ act }) => act),
      ['pin', 'hold', 'rename', 'tag', 'roll-out', 'roll-out'],
    );
    assert.deepEqual(again.entries, audit.entries);
  });

  it('that was kept whole is cut when it is read', async () => {
    await using temp = await tempFile();
    const entry: AuditEntry = { atMs: 1, by: 'anna', act: 'hold', board: 'a', why };
    await mkdir(path.dirname(temp.file));
    await writeFile(temp.file, `${JSON.stringify(entry)}\n`);
    const log = await AuditLog.open(temp.file, (text) => assert.fail(text));
    assert.deepEqual(log.entries, [{ ...entry, why: why.slice(0, 1_000) }]);
  });
});

describe('the log of acts', () => {
  const entry: AuditEntry = { atMs: 1, by: 'anna', act: 'hold', board: 'a' };

  it('is read again, but for what is none of ours', async () => {
    await using temp = await tempFile();
    const log = await AuditLog.open(temp.file, (text) => assert.fail(text));
    log.record(entry);
    log.record({ ...entry, why: 'Gerät "1"\n' });
    await log.close();
    assert.equal((await stat(temp.file)).mode & 0o777, 0o600);
    await appendFile(temp.file, '{"atMs":1}\n{"atMs":2,"by":"anna","ac');
    const again = await AuditLog.open(temp.file, (text) => assert.fail(text));
    assert.deepEqual(again.entries, log.entries);
  });

  it('has what was done after a line that was cut off, as by a loss of power', async () => {
    await using temp = await tempFile();
    const log = await AuditLog.open(temp.file, (text) => assert.fail(text));
    log.record(entry);
    await log.close();
    await appendFile(temp.file, '{"atMs":2,"by":"anna","ac');
    const next = await AuditLog.open(temp.file, (text) => assert.fail(text));
    for (const atMs of [3, 4]) {
      next.record({ ...entry, atMs });
      await next.close();
    }
    const again = await AuditLog.open(temp.file, (text) => assert.fail(text));
    assert.deepEqual(
      again.entries.map(({ atMs }) => atMs),
      [1, 3, 4],
    );
  });

  it('has what the disk refused once that takes it: when more is done, by itself, and at the end', {
    timeout: 30_000,
  }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const ways: ((log: AuditLog, file: string) => Promise<void>)[] = [
      (log) => {
        log.record({ ...entry, atMs: 4 });
        return log.close();
      },
      async (_, file) => {
        t.mock.timers.tick(10_000);
        while ((await AuditLog.open(file, assert.fail)).entries.length < 3) await turn();
      },
      (log) => log.close(),
    ];
    for (const way of ways) {
      await using temp = await tempFile();
      const told: string[] = [];
      const log = await AuditLog.open(temp.file, (text) => told.push(text));
      log.record({ ...entry, atMs: 1 });
      await log.close();
      const folder = path.dirname(temp.file);
      await rename(folder, `${folder}.away`);
      await writeFile(folder, 'a file where the folder was');
      for (const atMs of [2, 3]) {
        log.record({ ...entry, atMs });
        await log.close();
      }
      assert.match(told.join('\n'), /^can't keep the log of acts in .*E(EXIST|NOTDIR)\)$/);
      await rm(folder);
      await rename(`${folder}.away`, folder);
      await way(log, temp.file);
      const again = await AuditLog.open(temp.file, (text) => assert.fail(text));
      assert.deepEqual(again.entries, log.entries);
    }
  });

  it('has each act once where a write was cut off behind some of them, and done again', async () => {
    await using temp = await tempFile();
    const [one, two, three] = [1, 2, 3].map((atMs) => `${JSON.stringify({ ...entry, atMs })}\n`);
    await mkdir(path.dirname(temp.file));
    await writeFile(temp.file, `${one}${two}{"atMs":3,"by":"an\n${one}${two}${three}`);
    const log = await AuditLog.open(temp.file, (text) => assert.fail(text));
    assert.deepEqual(
      log.entries.map(({ atMs }) => atMs),
      [1, 2, 3],
    );
  });

  it('is as long as it may be, and no shorter, whatever the disk refused meanwhile', async () => {
    await using temp = await tempFile();
    const log = await AuditLog.open(temp.file, () => {});
    const folder = path.dirname(temp.file);
    await writeFile(folder, 'a file where the folder would be');
    for (let atMs = 0; atMs < 6_000; atMs++) log.record({ ...entry, atMs });
    await log.close();
    await rm(folder);
    for (let atMs = 6_000; atMs < 9_000; atMs++) log.record({ ...entry, atMs });
    await log.close();
    const again = await AuditLog.open(temp.file, (text) => assert.fail(text));
    const [kept, first, last] = [again.entries.length, again.entries.at(0)?.atMs, again.entries.at(-1)?.atMs];
    assert.deepEqual([kept, first, last], [9_000, 0, 8_999]);
  });

  it('is bounded, in memory and in the file', async () => {
    await using temp = await tempFile();
    const log = await AuditLog.open(temp.file, (text) => assert.fail(text));
    for (let atMs = 0; atMs < 10_050; atMs++) {
      log.record({ ...entry, atMs });
      if (atMs % 1000 === 0) await log.close();
    }
    await log.close();
    const lines = (await readFile(temp.file, 'utf8')).trim().split('\n');
    assert.ok(lines.length <= 10_000 && lines.length >= 5_000, `${lines.length} lines`);
    assert.equal(JSON.parse(lines.at(-1) ?? '').atMs, 10_049);
    assert.equal(new Set(lines).size, lines.length);
    assert.ok(log.entries.length <= 10_000);
  });

  it('stops nothing where it can not be kept, which is told once for each reason', async () => {
    await using temp = await tempFile();
    const told: string[] = [];
    const log = await AuditLog.open(path.join('/dev/null', 'acts.jsonl'), (text) => told.push(text));
    for (let times = 0; times < 3; times++) {
      log.record(entry);
      await log.close();
    }
    assert.deepEqual([log.entries.length, new Set(told).size], [3, told.length]);
    assert.match(told[0] ?? '', /^can't keep the log of acts in .*ENOTDIR/);
    assert.equal(auditFile(temp.file.replace('.acts.jsonl', '.json')), temp.file);
  });
});

describe('what a server decides by itself', () => {
  it('is recorded, each once: a board that is stopped, and the steps of a roll-out that nobody ordered', async () => {
    const { bench, audit, acts } = await twoBoards();
    await using _ = bench;
    const catalog = new Catalog([bench.server.boxes]);
    const snapshot = await catalog.refresh();
    recordAutomaticActs(bench.registry, audit, (board) => bench.registry.assignmentOf(board, snapshot));
    const boot = async (build: string, as: string) => {
      await bench.boot(build, { as });
      bench.pass(60_000);
    };
    for (let time = 0; time < 6; time++) await boot(OLD, '198.51.100.7');
    const told = () => audit.entries.map(({ by, act, detail = '' }) => `${by} ${act} ${detail}`);
    assert.deepEqual(told(), ['mkbox stop got it 3 times']);
    const stopped = bench.registry.boards.find(({ address }) => address === '198.51.100.7');
    acts.release([stopped?.id ?? '']);
    for (let time = 0; time < 6; time++) await boot(OLD, '198.51.100.7');
    assert.deepEqual(told().slice(1), ['anna release ', 'mkbox stop got it 6 times']);

    acts.rollOut(IMAGE, BUILD, OLD, { stages: [{ kind: 'boards', count: 1 }, { kind: 'all' }], isByHand: true });
    await boot(OLD, '127.0.0.2');
    await boot(BUILD, '127.0.0.2');
    bench.registry.rollOuts.observe();
    acts.finishRollOut(IMAGE, OLD); // nothing is done, and nothing recorded
    acts.finishRollOut(IMAGE, BUILD);
    assert.deepEqual(
      audit.about({ image: IMAGE }, 9).map(({ by, detail }) => `${by}: ${detail}`),
      ['anna: finish', 'mkbox: stage 2 of 2, 1 board so far', 'anna: start'],
    );
  });
});
