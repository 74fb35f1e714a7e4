import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { requestsJson } from '../../src/editor/export-requests.ts';
import { image, request } from './transfers.ts';

suite('exported requests', () => {
  test('are JSON that says all about them', () => {
    const state = { kind: 'finished', result: 'image' } as const;
    const transfer = request(state, {
      found: image('docker-box/docker-box-pi'),
      sentBytes: 20_480,
      totalBytes: 20_480,
    });
    transfer.status = 200;
    transfer.servedBuildId = 'a'.repeat(64);
    const text = requestsJson([transfer]);
    const [{ durationMs, ...exported }] = JSON.parse(text);
    deepEqual(exported, {
      time: new Date(transfer.startedAtMs).toISOString(),
      client: '::ffff:192.168.1.20',
      method: 'GET',
      target: '/update?name=docker-box&board=odroid-c4',
      asked: { kind: 'update', box: 'docker-box', board: 'odroid-c4' },
      tried: ['docker-box-pi'],
      image: 'docker-box/docker-box-pi',
      servedBuildId: 'a'.repeat(64),
      status: 200,
      sentBytes: 20_480,
      totalBytes: 20_480,
      state,
    });
    equal(Number.isInteger(durationMs), true);
    match(text, /\]\n$/);
  });

  test('have null for what is not known, so that each has the same members', () => {
    const refused = request({ kind: 'refused', refusal: { kind: 'path' } });
    const [exported] = JSON.parse(requestsJson([refused]));
    deepEqual([exported.tried, exported.image, exported.servedBuildId], [[], null, null]);
    deepEqual(exported.state, { kind: 'refused', refusal: { kind: 'path' } });
  });

  test('keep their order, and may be none', () => {
    const requests = (['list', 'other'] as const).map((kind) => request({ kind: 'running' }, { asked: { kind } }));
    deepEqual(
      JSON.parse(requestsJson(requests)).map(({ asked }: { asked: { kind: string } }) => asked.kind),
      ['list', 'other'],
    );
    deepEqual(JSON.parse(requestsJson([])), []);
  });
});
