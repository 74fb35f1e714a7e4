import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ImageChecks } from '../../../src/checks/image-checks.ts';
import { examinedEvent } from '../../../src/editor/workspace/examined-event.ts';

test('what checks find out is told as events of the editor, until nobody listens any more', async () => {
  const checks = await ImageChecks.open();
  let told = 0;
  const subscription = examinedEvent(checks)(() => told++);
  checks.events.emit('examined');
  equal(told, 1);
  subscription.dispose();
  checks.events.emit('examined');
  equal(told, 1);
  equal(checks.events.listenerCount('examined'), 0);
  await checks.close();
});
