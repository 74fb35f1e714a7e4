/**
 * A simulated board on this machine, which asks as real ones do: it gets an image, flashes it to a file, and boots again
 * from that. `npm run board [-- '<query>']`; the server is the one at PORT, 8080 unless told.
 */
import { createBoard } from '../test/board/board.ts';

const QUERY = 'name=docker-box&board=odroid-c4';
const FAILED = 1;

const server = `http://127.0.0.1:${process.env.PORT ?? '8080'}`;
process.exitCode = await main(new URLSearchParams(process.argv[2] ?? QUERY));

async function main(query: URLSearchParams): Promise<number> {
  const [name, board] = [query.get('name'), query.get('board')];
  if (name === null || board === null) {
    return fail(`A board asks for the name of a box and a board, as in '${QUERY}'.`);
  }
  if (!(await answers()))
    return fail(`Nothing serves at ${server}. Run npm start in another terminal, and open the editor.`);
  const [branch, version] = [query.get('branch') ?? undefined, query.get('version') ?? undefined];
  await using simulated = await createBoard({
    server,
    name,
    board,
    ...(branch && { branch }),
    ...(version && { version }),
  });
  const first = await simulated.boot();
  say('First boot', first.output);
  if (!first.flashed) return fail('It got no image. The view Boards says why.');
  const second = await simulated.boot();
  say('Second boot, from what it flashed', second.output);
  if (!second.upToDate || second.flashed) return fail('It did not come back with the build that it got.');
  process.stdout.write('It runs the new build: the view Boards shows it as confirmed.\n');
  return 0;
}

function answers(): Promise<boolean> {
  return fetch(`${server}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function say(title: string, output: string): void {
  process.stdout.write(`${title}:\n${output.trim().replace(/^/gm, '  ')}\n\n`);
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return FAILED;
}
