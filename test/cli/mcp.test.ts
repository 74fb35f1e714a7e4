import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { COMMAND } from '../board/command.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { type BoxesFolder, makeBoxes } from '../images/image-sets.ts';

const [OLD, NEW] = ['1a'.repeat(32), '1b'.repeat(32)];
const TOOLS = ['list_images', 'list_boards', 'explain_board', 'compare_builds'];

/** Starts `update-server mcp` as an editor does, with nothing in its environment but `env`. */
async function connect(env: Readonly<Record<string, string>>) {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [COMMAND, 'mcp'],
    env: { PATH: process.env.PATH ?? '', INSIDE_CACHE: 'none', ...env },
  });
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    const [first] = content as { readonly type: string; readonly text: string }[];
    ok(first !== undefined && first.type === 'text');
    return { text: first.text, isError };
  };
  return {
    client,
    /** What a tool answers. */
    async answer(name: string, args?: Record<string, unknown>) {
      const { text, isError } = await call(name, args);
      equal(isError, false, text);
      return JSON.parse(text);
    },
    /** Why a tool does not. */
    async fault(name: string, args?: Record<string, unknown>): Promise<string> {
      const { text, isError } = await call(name, args);
      equal(isError, true, text);
      return text;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

type Connection = Awaited<ReturnType<typeof connect>>;

suite('update-server mcp', () => {
  let boxes: BoxesFolder;
  let server: RunningServer;
  let models: Connection;
  let env: Record<string, string>;

  before(async () => {
    boxes = await makeBoxes();
    const content = { board: 'pi', rootMib: 16 };
    const packages = (version: string) => ({ 'lib/apk/db/installed': `P:busybox\nV:${version}\nA:aarch64\nI:10\n\n` });
    await makeSetWithTools(path.join(boxes.root, 'old'), {
      ...content,
      box: 'my-box',
      buildId: OLD,
      rootFiles: { ...packages('1-r0'), 'etc/machine-id': 'one' },
    });
    await makeSetWithTools(path.join(boxes.root, 'new'), {
      ...content,
      box: 'my-box',
      buildId: NEW,
      rootFiles: { ...packages('1-r1'), 'etc/machine-id': 'two', 'etc/new': '' },
    });
    env = {
      IMAGE_PATH: boxes.root,
      STATE_PATH: boxes.beside('boards.json'),
      CHECKS_PATH: path.join(boxes.beside('kept'), 'checks.json'),
    };
    server = await startUpdateServer({ imagePath: boxes.root, env });
    await ask('127.0.0.2', `/update/new/my-box-pi/${NEW}`);
    await ask('127.0.0.3', '/update?name=no-box&board=pi&build_id=0');
    models = await connect(env);
  });
  after(async () => {
    await models?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await boxes?.[Symbol.asyncDispose]();
  });

  async function ask(localAddress: string, target: string): Promise<void> {
    const [response] = (await once(request(`${server.url}${target}`, { localAddress }).end(), 'response')) as [
      IncomingMessage,
    ];
    await response.resume().toArray();
  }

  test('has four tools, which only read', async () => {
    const { tools } = await models.client.listTools();
    deepEqual(
      tools.map(({ name }) => name),
      TOOLS,
    );
    for (const { annotations, description, inputSchema } of tools) {
      equal(annotations?.readOnlyHint, true);
      ok(description !== undefined && description.length > 100);
      equal(inputSchema.additionalProperties, false);
    }
    deepEqual(tools.find(({ name }) => name === 'explain_board')?.inputSchema.required, ['board']);
  });

  test('lists images with their state', async () => {
    const { images } = await models.answer('list_images');
    deepEqual(
      images.map(({ image, buildId }: { image: string; buildId: string }) => [image, buildId]),
      [
        ['new/my-box-pi', NEW],
        ['old/my-box-pi', OLD],
      ],
    );
    match(images[0].state, /^(ready|verified)$/);
  });

  test('lists boards with theirs', async () => {
    const { boards } = await models.answer('list_boards');
    deepEqual(
      boards.map(({ board, state, image }: { board: string; state: string; image?: string }) => [board, state, image]),
      [
        ['127.0.0.2', 'up to date', 'new/my-box-pi'],
        ['127.0.0.3', 'refused', undefined],
      ],
    );
  });

  test('explains why a board got nothing, and that another one needed nothing', async () => {
    const { explanation, board } = await models.answer('explain_board', { board: '127.0.0.3' });
    equal(board.state, 'refused');
    match(explanation[0], /it is: refused \(404\): .*no-box/);
    const upToDate = await models.answer('explain_board', { board: '127.0.0.2' });
    match(
      upToDate.explanation.join(' '),
      /up to date.*new\/my-box-pi is served in build 1b1b1b1.*would get no other one/,
    );
    equal(upToDate.image.buildId, NEW);
  });

  test('tells what differs between two builds, by image and by build ID', async () => {
    const byImage = await models.answer('compare_builds', { before: 'old/my-box-pi', after: 'new/my-box-pi' });
    const lines = ['packages:', '  ~ busybox 1-r0 -> 1-r1', 'files:', '  + /etc/new'];
    deepEqual(byImage.lines, lines);
    deepEqual([byImage.differs, byImage.before.buildId, byImage.after.buildId], [true, OLD, NEW]);
    ok(byImage.expectedInEveryBuild > 0);
    const byBuild = await models.answer('compare_builds', { before: OLD.slice(0, 7), after: '1B1B' });
    deepEqual(byBuild, byImage);
    const same = await models.answer('compare_builds', { before: NEW, after: 'new/my-box-pi' });
    deepEqual([same.differs, same.lines], [false, []]);
  });

  test('lists boards by names by which each is explained, also where one address has several', async () => {
    for (const box of ['a', 'b']) await ask('127.0.0.4', `/update?name=${box}&board=pi&build_id=0`);
    const { boards } = await models.answer('list_boards');
    const several = boards.filter(({ address }: { address: string }) => address === '127.0.0.4');
    equal(several.length, 2);
    for (const { board: name, asksFor } of several) {
      deepEqual((await models.answer('explain_board', { board: name })).board.asksFor, asksFor, name);
    }
    match(await models.fault('explain_board', { board: '127.0.0.4' }), /: say which by 127\.0\.0\.4\/a or 127/);
  });

  test('says what was wrong with a call', async () => {
    const image = { after: 'new/my-box-pi' };
    const faults: [name: string, args: Record<string, unknown>, fault: RegExp][] = [
      ['explain_board', { board: '10.0.0.1' }, /^no board goes by "10\.0\.0\.1": list_boards lists them$/],
      ['explain_board', {}, /^explain_board needs "board", as a text$/],
      ['explain_board', { board: 7 }, /^explain_board needs "board", as a text$/],
      ['list_boards', { all: true }, /^list_boards takes no "all"$/],
      [
        'compare_builds',
        { before: 'other', ...image },
        /^"other" is no image; there are new\/my-box-pi, old\/my-box-pi, /,
      ],
      ['compare_builds', { before: '/etc/x.img', ...image }, /^"\/etc\/x\.img" is no image/],
      [
        'compare_builds',
        { before: 'my-box-pi', ...image },
        /^"my-box-pi" is the name of 2 images: new\/my-box-pi, old/,
      ],
      ['compare_builds', { before: 'abcd', ...image }, /^nothing is known of a build whose ID begins with abcd$/],
    ];
    for (const [name, args, fault] of faults) match(await models.fault(name, args), fault);
    await models.client.callTool({ name: 'hold_board', arguments: {} }).then(
      () => ok(false),
      (error: Error) => match(error.message, /there is no tool hold_board/),
    );
  });

  test('ends when its client takes no more answers', { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, [COMMAND, 'mcp'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const ping = (id: number) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n`);
    ping(1);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    ping(2);
    deepEqual(await once(child, 'exit'), [0, null]);
    child.stdin.destroy();
  });

  test('reads the folder where no server runs, which knows no boards', async () => {
    await using alone = await connect({ ...env, CONTROL_PATH: boxes.beside('nobody.sock') });
    const { images } = await alone.answer('list_images');
    equal(images.length, 2);
    match(await alone.fault('list_boards'), /^no update-server listens at .*nobody\.sock: set CONTROL_PATH/);
  });
});
