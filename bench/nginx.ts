import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Scratch } from './scratch.ts';
import { freePort, type Server, untilItAnswers } from './servers.ts';

/** An nginx that serves a folder, once with its access log on and once without. */
export interface Nginx extends Server {
  /** The same files from a port whose requests are not logged. */
  readonly unloggedUrl: URL;
}

/** Starts nginx on the files in `folder`. */
export async function startNginx(scratch: Scratch, program: string, folder: string): Promise<Nginx> {
  const home = scratch.makeFolder('nginx');
  const [port, unloggedPort] = await Promise.all([freePort(), freePort()]);
  const configuration = path.join(home, 'nginx.conf');
  writeFileSync(configuration, configure(home, folder, port, unloggedPort));
  const child = scratch.start(program, ['-e', path.join(home, 'error.log'), '-p', home, '-c', configuration], {
    stdio: 'ignore',
  });
  const url = new URL(`http://127.0.0.1:${port}`);
  await untilItAnswers(url, child);
  return { url, unloggedUrl: new URL(`http://127.0.0.1:${unloggedPort}`), pid: child.pid ?? 0, child };
}

/**
 * One worker, since a Node server is one process too; requests per connection without limit, since Node has none.
 * All else is nginx's default, or what makes it fast.
 */
function configure(home: string, folder: string, port: number, unloggedPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  return `
daemon off;
worker_processes 1;
pid ${home}/pid;
worker_rlimit_nofile 16384;
events { worker_connections 4096; }
http {
  ${temporary.join(' ')}
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/x-tar;
  root ${folder};
  server { listen 127.0.0.1:${port}; access_log ${home}/access.log; }
  server { listen 127.0.0.1:${unloggedPort}; access_log off; }
}
`;
}
