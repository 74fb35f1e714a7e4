import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { byName } from '../src/by-name.ts';

test('names are ordered as people count, and as they are read', () => {
  const names = ['pi-1.10', 'Rack', 'pi-1.9', 'ärmel', 'zebra', 'pi-1.9-a', 'apple', 'rack'];
  deepEqual(names.sort(byName), ['apple', 'ärmel', 'pi-1.9', 'pi-1.9-a', 'pi-1.10', 'rack', 'Rack', 'zebra']);
});
