import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Has curl fetch `url` into `file`, and answers how many bytes came. */
export async function download(curl: string, url: URL, file: string): Promise<number> {
  const { bytes } = await runCurl(curl, url, file);
  const written = await open(file);
  await written.sync(); // or the kernel would write it out while something is timed
  await written.close();
  return bytes;
}

/** Has curl, which is what boards use, fetch `url` and throw it away; answers how many seconds it took. */
export async function timeDownload(curl: string, url: URL, expectedBytes: number): Promise<number> {
  const { bytes, seconds } = await runCurl(curl, url, '/dev/null');
  if (bytes !== expectedBytes) throw new Error(`${bytes} bytes came of ${url}, not ${expectedBytes}`);
  return seconds;
}

async function runCurl(curl: string, url: URL, file: string): Promise<{ bytes: number; seconds: number }> {
  const report = '%{size_download} %{time_total}';
  const { stdout } = await run(curl, ['--silent', '--show-error', '--fail', '-o', file, '-w', report, url.href]);
  const [bytes = Number.NaN, seconds = Number.NaN] = stdout.split(' ').map(Number);
  return { bytes, seconds };
}
