import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { LogOutputChannel } from 'vscode';
import { startRollOut } from '../../src/control/start-roll-out.ts';
import { OLD } from '../boards/bench.ts';
import { IMAGE_ID } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { until } from '../until.ts';
import { openSite, type Site } from './commands/site.ts';
import { errors, type Question, told, user } from './window.ts';

const { HaltNotices } = await import('../../src/editor/halt-notices.ts');

/** Halts the roll-out of B, which leads back to A: its first board gets it, and reports another build. */
async function halted(site: Site): Promise<void> {
  const { acts, builds, boards } = site;
  startRollOut(IMAGE_ID, BUILD_B, { stages: [{ kind: 'boards', count: 1 }, { kind: 'all' }], acts, builds });
  await boards.boot(OLD);
  boards.pass(60_000);
  await boards.boot(OLD);
}

/** What the log has and the user is told once they answered the notice. */
async function answered(site: Site, answer: string, meanwhile?: () => unknown): Promise<{ logged: string[] }> {
  const logged: string[] = [];
  const log = { error: (text: unknown) => void logged.push(String(text)) } as unknown as LogOutputChannel;
  const { registry } = site.boards;
  told.length = 0;
  errors.length = 0;
  const asked: Question[] = [];
  user.answer = async (question) => {
    asked.push(question);
    await meanwhile?.();
    return answer;
  };
  const notices = new HaltNotices({
    registry,
    acts: site.acts,
    builds: async () => site.builds,
    newest: () => BUILD_B,
    show: async () => {},
    log,
  });
  await halted(site);
  await until(() => asked.length > 0 && (told.length > 0 || errors.length > 0));
  notices.dispose();
  return { logged };
}

suite('what the user answers to a roll-out that halted', () => {
  const site = () =>
    openSite(async (images, builds) => {
      await builds.keep(await images.build(BUILD_A));
      await images.build(BUILD_B);
    });

  test('is told of where it could not be done', async () => {
    await using opened = await site();
    const choices = path.join(opened.images.folder, 'choices.json');
    const { logged } = await answered(opened, 'Go Back', () => mkdir(choices));
    match(errors[0] ?? '', /^mkbox: .*EISDIR/);
    equal(logged.length, 1);
    await rm(choices, { recursive: true });
  });

  test('is told of where the board that it names is gone', async () => {
    await using opened = await site();
    const { registry } = opened.boards;
    await answered(opened, 'Show Board', () => registry.forget(opened.boards.board().id));
    deepEqual(told, [
      'mkbox: the board 127.0.0.1 is no longer listed: nothing was done. It reappears when it next asks.',
    ]);
  });
});
