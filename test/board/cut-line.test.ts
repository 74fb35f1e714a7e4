import { match } from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { createBoard } from './board.ts';
import { DEMO_IMAGES, imageName } from './demo-boxes.ts';
import { bootsOn } from './expect-boot.ts';
import { openLine } from './line.ts';
import { serveDemo } from './serve-demo.ts';
import type { RunningServer } from './update-server.ts';

const { main } = DEMO_IMAGES;

/** Where the line is cut, counted from the first byte of the answer's head, in an archive of so many bytes. */
const PLACES: Readonly<Record<string, (archiveBytes: number) => number>> = {
  'before the answer': () => 0,
  'in the head of the answer': () => 60,
  "in the archive's first header": () => 600,
  'in the image': (archiveBytes) => Math.floor(archiveBytes / 2),
  // As much is missing as the head is long, which is less than the two blocks of zeros that end every archive.
  "in the archive's last zeros": (archiveBytes) => archiveBytes,
};

suite('a board boots its old system, untouched, when the line is cut', () => {
  let server: RunningServer;
  let archiveBytes: number;

  before(async () => {
    server = await serveDemo();
    const archive = await fetch(`${server.url}/update/${main.folder}/${imageName(main)}`);
    archiveBytes = (await archive.arrayBuffer()).byteLength;
  });
  after(() => server[Symbol.asyncDispose]());

  for (const shell of ['busybox', 'bash'] as const) {
    for (const [where, place] of Object.entries(PLACES)) {
      for (const cut of ['end', 'reset'] as const) {
        test(`${where} (${cut}, under ${shell})`, async () => {
          await using line = await openLine(server.url, { cutAfter: place(archiveBytes), cut });
          await using board = await createBoard({ ...main, server: line.url, shell });
          // 18: less came than was announced; 52: nothing came; 56: receiving failed; 1: the head made no sense. A head
          // that ends early is an empty answer to curl; then it is tar that notices.
          match((await bootsOn(board)).output, /curl: \((18|52|56|1)\)|tar: This does not look like a tar archive/);
        });
      }
    }
  }
});
