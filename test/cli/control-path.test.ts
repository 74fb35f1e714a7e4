import { equal } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { pathToControl } from '../../src/cli/control-path.ts';
import { type BoxesFolder, makeBoxes } from '../images/image-sets.ts';

suite('a command looks for the server', () => {
  let boxes: BoxesFolder;
  let service: string;
  let own: string;
  before(async () => {
    boxes = await makeBoxes();
    service = boxes.at('service.sock');
    own = boxes.at('mkbox', 'control.sock');
    await writeFile(service, '');
  });
  after(() => boxes[Symbol.asyncDispose]());

  test('at the service of systemd where nothing else is said, though a user has a place, too', () => {
    equal(pathToControl({}, service), service);
    equal(pathToControl({ XDG_RUNTIME_DIR: boxes.root }, service), service);
  });

  test("at the user's own where no service is", () => {
    equal(pathToControl({ XDG_RUNTIME_DIR: boxes.root }, boxes.at('none')), own);
    equal(pathToControl({}, boxes.at('none')), undefined);
  });

  test('where a setting says, and nowhere else', () => {
    equal(pathToControl({ CONTROL_PATH: '/a/socket' }, service), '/a/socket');
    equal(pathToControl({ CONTROL_PATH: 'none' }, service), undefined);
    equal(pathToControl({ RUNTIME_DIRECTORY: '/run/ours' }, service), '/run/ours/control.sock');
    if (process.platform !== 'win32')
      equal(pathToControl({ STATE_PATH: '/var/state.json' }, service), '/var/control.sock');
  });

  test("at the user's own first, where something is there", async () => {
    await mkdir(boxes.at('mkbox'));
    await writeFile(own, '');
    equal(pathToControl({ XDG_RUNTIME_DIR: boxes.root }, service), own);
  });
});
