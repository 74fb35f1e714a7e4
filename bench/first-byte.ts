import { request } from './client.ts';
import type { Field } from './field.ts';
import { median } from './statistics.ts';
import type { Row } from './table.ts';

const TARGET_MS = 10;

/** Milliseconds from a connection's beginning to the first byte of the archive. */
export async function measureFirstByte({ archiveUrls }: Field, requests: number): Promise<Row> {
  const times = { ours: [] as number[], nginx: [] as number[], plain: [] as number[] };
  for (let count = 0; count < requests; count++) {
    for (const name of ['ours', 'nginx', 'plain'] as const) {
      const { firstByteMs } = await request(archiveUrls[name], 'first byte');
      times[name].push(firstByteMs);
    }
  }
  const ours = median(times.ours);
  const nginx = median(times.nginx);
  return {
    figure: 'first byte, ms',
    ours: ours.toFixed(1),
    nginx: nginx.toFixed(1),
    plain: median(times.plain).toFixed(1),
    ratio: `+${(ours - nginx).toFixed(1)} ms`,
    target: `≤ nginx + ${TARGET_MS} ms`,
    met: ours - nginx <= TARGET_MS,
  };
}
