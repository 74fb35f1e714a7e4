/** Runs the bare server on the demo workspace, and prints what to try. */
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const { PORT: port = '8080' } = process.env;
const request = `http://127.0.0.1:${port}/update?name=docker-box&board=odroid-c4`;

process.stdout.write(`The demo workspace's images:        curl http://127.0.0.1:${port}/list
What a board's request amounts to:  curl '${request}' | tar -tv
Ctrl+C stops the server.

`);

const server = spawn(process.execPath, [path.join(root, 'src/cli.ts')], {
  stdio: 'inherit',
  env: { ...process.env, PORT: port, IMAGE_PATH: path.join(root, 'demo/boxes') },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
server.on('exit', (status) => {
  process.exitCode = status ?? 1;
});
