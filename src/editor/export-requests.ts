import type { LoggedRequest } from '../boards/logged-request.ts';

/** The requests as JSON for other programs: times in ISO 8601, sizes in bytes, durations in milliseconds. */
export function requestsJson(requests: readonly LoggedRequest[]): string {
  const exported = requests.map((transfer) => ({
    time: new Date(transfer.startedAtMs).toISOString(),
    client: transfer.client,
    method: transfer.method,
    target: transfer.target,
    asked: transfer.asked,
    tried: transfer.resolution?.tried ?? [],
    image: transfer.resolution?.found?.id ?? null,
    servedBuildId: transfer.servedBuildId ?? null,
    status: transfer.status,
    sentBytes: transfer.sentBytes,
    totalBytes: transfer.totalBytes,
    durationMs: Math.round(transfer.durationMs),
    state: transfer.state,
  }));
  return `${JSON.stringify(exported, undefined, 2)}\n`;
}
