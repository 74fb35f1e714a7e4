import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  NeighbourFile,
  parseBsdTable,
  parseLinuxTable,
  parseWindowsTable,
  systemNeighbours,
} from '../../src/boards/neighbours.ts';

const LINUX = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         a0:b1:c2:03:04:05     *        eth0
192.168.1.7      0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.20     0x1         0x6         DC:A6:32:00:00:01     *        eth0
192.168.1.21     0x1         0x2         00:00:00:00:00:00     *        eth0
`;

const MACOS = `? (192.168.1.1) at a0:b1:c2:3:4:5 on en0 ifscope [ethernet]
raspberrypi.lan (192.168.1.20) at dc:a6:32:0:0:1 on en0 ifscope permanent [ethernet]
? (192.168.1.30) at (incomplete) on en0 ifscope [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
`;

const WINDOWS = `
Schnittstelle: 192.168.1.5 --- 0x7
  Internetadresse       Physische Adresse     Typ
  192.168.1.1           a0-b1-c2-03-04-05     dynamisch
  192.168.1.20          dc-a6-32-00-00-01     statisch
  192.168.1.255         ff-ff-ff-ff-ff-ff     statisch
  224.0.0.22            01-00-5e-00-00-16     statisch
`;

const MACS = [
  ['192.168.1.1', 'a0:b1:c2:03:04:05'],
  ['192.168.1.20', 'dc:a6:32:00:00:01'],
];

describe('the neighbours', () => {
  const tables: [string, (text: string) => Map<string, string>, string][] = [
    ['Linux', parseLinuxTable, LINUX],
    ['macOS', parseBsdTable, MACOS],
    ['Windows', parseWindowsTable, WINDOWS],
    ['Windows, with its line ends', parseWindowsTable, WINDOWS.replaceAll('\n', '\r\n')],
  ];
  for (const [system, parse, text] of tables) {
    it(`are read as ${system} tells them, but for incomplete ones and those that are many`, () => {
      assert.deepEqual([...parse(text)], MACS);
    });

    it(`are none where ${system} tells nonsense`, () => {
      for (const nonsense of ['', '\n\n', 'arp: command not found', text.replaceAll(/[0-9a-f]/gi, 'z')]) {
        assert.equal(parse(nonsense).size, 0);
      }
    });
  }

  it('are found in the file as it is now, and none where there is no file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-arp-'));
    const file = path.join(folder, 'arp');
    const neighbours = new NeighbourFile(file);
    assert.equal(neighbours.macOf('192.168.1.1'), undefined);
    await writeFile(file, LINUX);
    await neighbours.refresh();
    assert.equal(neighbours.macOf('192.168.1.1'), 'a0:b1:c2:03:04:05');
    await rm(folder, { recursive: true });
  });

  it("are this machine's, whatever it has", async () => {
    const neighbours = systemNeighbours();
    await neighbours.refresh();
    assert.equal(neighbours.macOf('203.0.113.250'), undefined);
  });
});
