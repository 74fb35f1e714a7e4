import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { COMMAND } from '../board/command.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { type Bench, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';
import { runCommand } from './run-command.ts';
import { Terminal } from './terminal.ts';

/** Readline's key for all that fits: Meta and an asterisk. */
const ALL = '\x1b*';
const TAB = '\t';
const KEPT = BUILD_B.slice(0, 7);

/**
 * A shell at a terminal, in which `update-server` completes, and otherwise prints what it is given. `script` runs it so that
 * it says `ready` before each line, with how many there were.
 */
async function shell(bench: Bench, script: string, env: Record<string, string>) {
  const bin = bench.boxes.beside('bin');
  await mkdir(bin, { recursive: true });
  const wrapper = [
    '#!/bin/sh',
    `[ "$1" = completion ] && exec '${process.execPath}' '${COMMAND}' "$@"`,
    `printf 'given:'; printf ' [%s]' "$@"; echo ' end'`,
  ];
  await writeFile(path.join(bin, 'update-server'), wrapper.join('\n'), { mode: 0o755 });
  const PATH = `${bin}:${process.env.PATH}`;
  const terminal = new Terminal({ ...env, PATH, HOME: bin, TERM: 'dumb' }, `cd '${bin}'; ${script}`);
  let count = 0;
  return {
    /** What the command is given when `keys` are typed behind its name. */
    async typed(keys: string): Promise<string> {
      await terminal.line(new RegExp(`^ready ${count}$`)); // before, the terminal has other uses for the keys
      count++;
      terminal.type(`update-server ${keys} ${count}\r`);
      const [, given = ''] = await terminal.line(new RegExp(`given: (.*) \\[${count}\\] end`));
      return given;
    },
    [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
  };
}

/** What both shells complete, by what is typed. */
const IN_BOTH: Readonly<Record<string, readonly [keys: string, given: string]>> = {
  'a subcommand': [`relea${TAB}`, '[release]'],
  'an option': [`hold x --w${TAB}`, '[hold] [x] [--why]'],
  'the name of a board, with its space': [`hold be${TAB}`, '[hold] [bench 1]'],
  'a tag, behind its colon': [`hold tag:${TAB}`, '[hold] [tag:lab]'],
  'a path': [`pack upd${TAB}`, '[pack] [update-server]'],
};

/** What is the same for both but for the command's answer. */
const IN_BASH: typeof IN_BOTH = {
  'a step of a roll-out': [`rollout box/box-pi ha${TAB}`, '[rollout] [box/box-pi] [halt]'],
  'an address': [`hold 127${TAB}`, '[hold] [127.0.0.1]'],
  'a tag alone': [`tag bench l${TAB}`, '[tag] [bench] [lab]'],
  'an image': [`pin x bo${TAB}`, '[pin] [x] [box/box-pi]'],
  'a build that is kept': [`serve-build box-pi b${TAB}`, `[serve-build] [box-pi] [${KEPT}]`],
  'a box': [`publish x.img --to b${TAB}`, '[publish] [x.img] [--to] [box]'],
};

describe('completion', () => {
  let bench: Bench;
  let server: RunningServer;
  let env: Record<string, string>;
  before(async () => {
    bench = await makeBench();
    const former = await bench.build(BUILD_B);
    assert.equal(await (await bench.open()).keep(former), 'kept');
    await bench.build(BUILD_A);
    env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_PATH: bench.folder };
    server = await startUpdateServer({ imagePath: bench.boxes.root, env });
    await (await fetch(`${server.url}/update?name=box&board=pi&build_id=${BUILD_A}`)).arrayBuffer();
    for (const args of [
      ['rename', '127.0.0.1', 'bench 1'],
      ['tag', 'bench 1', 'lab'],
    ]) {
      assert.deepEqual((await runCommand(args, env)).stderr, '');
    }
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
  });

  it('in bash has subcommands, options, and what the server knows', async () => {
    const { bash } = requireTools('bash');
    const setUp = 'source <(update-server completion bash); n=0; PROMPT_COMMAND="echo ready \\$((n++))"';
    const rc = bench.boxes.beside('bashrc');
    await writeFile(rc, setUp);
    await using at = await shell(bench, `exec '${bash}' --rcfile '${rc}' -i`, env);
    const cases = Object.entries({ ...IN_BOTH, ...IN_BASH });
    for (const [what, [keys, given]] of cases) assert.equal(await at.typed(keys), given, what);
    assert.equal(await at.typed(`hold 'be${TAB}`), '[hold] [bench 1]');
    assert.equal(await at.typed(`hold --${ALL}`), '[hold] [--help] [--why]');
    assert.equal(await at.typed(`serve-build box-pi ${ALL}`), `[serve-build] [box-pi] [${KEPT}] [newest]`);
    assert.equal(await at.typed(`pin x ${ALL}`), `[pin] [x] [${BUILD_A.slice(0, 7)}] [${KEPT}] [box/box-pi]`);
    assert.equal(await at.typed(`hold ${ALL}`), '[hold] [bench 1] [tag:lab]');
    assert.equal(await at.typed(`rename x ${ALL}`), '[rename] [x]');
    assert.equal(await at.typed(`nonsense ${ALL}`), '[nonsense]');
  });

  it('in zsh has the same', async () => {
    const { 'zsh-static': zsh } = requireTools('zsh-static');
    const lines = [
      'places=($(print -l $ZSH_FUNCTIONS | tr -d :)); fpath=($places $places/**/*(/N))',
      'autoload -U compinit; compinit -u -D',
      'eval "$(update-server completion zsh)"',
      'n=0; zle-line-init() { zle -I; print ready $((n++)) }; zle -N zle-line-init',
    ];
    await writeFile(bench.boxes.beside('.zshrc'), lines.join('\n'));
    const ZDOTDIR = path.dirname(bench.boxes.beside('.zshrc'));
    await using at = await shell(bench, `exec '${zsh}' -d -i`, { ...env, ZDOTDIR });
    for (const [what, [keys, given]] of Object.entries(IN_BOTH)) assert.equal(await at.typed(keys), given, what);
  });

  it('has names that mean one board alone', async () => {
    const query = `/update?name=other&board=pi&build_id=${BUILD_A}`;
    assert.equal((await fetch(`${server.url}${query}`)).status, 404);
    const words = async (...typed: string[]) => {
      const { status, stdout } = await runCommand(['completion', 'words', '--', ...typed], env);
      assert.equal(status, 0);
      return stdout.split('\n').map((line) => line.split('\t')[0]);
    };
    assert.deepEqual(await words('forget', ''), ['127.0.0.1/other', 'bench 1', 'tag:lab', '']);
    assert.deepEqual(await words('forget', '127'), ['127.0.0.1/other', '127.0.0.1/box', '']);
    assert.equal((await runCommand(['forget', '127.0.0.1/other'], env)).stderr, '');
    assert.deepEqual(await words('forget', ''), ['bench 1', 'tag:lab', '']);
  });

  it('says nothing where no server answers, and completes the rest', async () => {
    const nobody = { CONTROL_PATH: bench.boxes.beside('nobody.sock') };
    const words = async (...typed: string[]) => {
      const { status, stdout, stderr } = await runCommand(['completion', 'words', '--', ...typed], nobody);
      assert.deepEqual([status, stderr], [0, '']);
      return stdout.split('\n').map((line) => line.split('\t')[0]);
    };
    assert.deepEqual(await words('hold', ''), ['']);
    assert.deepEqual(await words('hold', '--'), ['--why', '--help', '']);
    assert.deepEqual(await words('ls', ''), [':files', '']);
    assert.equal((await runCommand(['completion', 'words', '--', 'hold', ''], { PORT: 'nonsense' })).stderr, '');
  });

  it('is for a shell that is known', async () => {
    const { status, stderr } = await runCommand(['completion', 'fish'], {});
    assert.equal(status, 2);
    assert.match(stderr, /^update-server: .*'fish' is invalid for argument 'shell'.* bash, zsh/);
  });
});
