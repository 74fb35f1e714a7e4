import { match } from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { suite, test } from 'node:test';
import { startUpdateServer } from '../board/update-server.ts';
import { BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';

suite('update-server, asked by a board that flashes itself again and again,', () => {
  test('says so in its log', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await using server = await startUpdateServer({ imagePath: boxes.root });
    for (let boot = 0; boot < 3; boot++) {
      // a connection of its own for each, as a board's boots have
      const asked = get(`${server.url}/update?name=box&board=pi&build_id=${BUILD_B}`, { agent: false });
      const [answer] = await once(asked, 'response');
      answer.resume();
      await once(answer, 'close');
    }
    await server.stop();
    match(
      server.lines().join('\n'),
      / the board 127\.0\.0\.1 downloaded build aaaaaaaaaaaa… of box\/box-pi 2 times in a row/,
    );
  });
});
