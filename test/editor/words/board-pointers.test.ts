import { equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'node:test';
import {
  dnsTxtRecords,
  normalizeMac,
  shellQuote,
  updatePath,
  updateTxt,
} from '../../../src/editor/words/board-pointers.ts';
import { parseTarget } from '../../../src/server/decision/asked.ts';

const URL = 'http://192.168.1.5:8080';
const PARTS = { box: 'docker-box', board: 'odroid-c4', branch: 'feature-x', version: '1.2.0' };

test('update.txt points a board at a server and an image', () => {
  const lines = [
    'force_update_name=docker-box',
    'force_update_branch=feature-x',
    'force_update_version=1.2.0',
    'force_update_server_http=http://192.168.1.5:8080',
  ];
  equal(updateTxt(URL, PARTS), `${lines.join('\n')}\n`);
});

test('update.txt leaves empty what an image has not', () => {
  const text = updateTxt(URL, { box: 'docker-box', board: 'odroid-c4' });
  equal(text.split('\n').slice(1, 3).join(), 'force_update_branch=,force_update_version=');
});

suite('TXT records', () => {
  const RECORDS = [
    '00-1e-06-12-34-56.lab.example.org. IN TXT "box_name=docker-box"',
    '00-1e-06-12-34-56.lab.example.org. IN TXT "box_branch=feature-x"',
    '00-1e-06-12-34-56.lab.example.org. IN TXT "box_version=1.2.0"',
    '00-1e-06-12-34-56.lab.example.org. IN TXT "box_update_server=http://192.168.1.5:8080"',
    '',
  ].join('\n');

  for (const domain of ['lab.example.org', 'lab.example.org.']) {
    test(`stand under the board's address in ${domain}`, () => {
      equal(dnsTxtRecords(URL, PARTS, '00:1E:06:12:34:56', domain), RECORDS);
    });
  }
});

suite('a MAC address', () => {
  for (const text of [
    '00:1e:06:12:34:56',
    '00-1E-06-12-34-56',
    '001e.0612.3456',
    '001e06123456',
    ' 00:1e:06:12:34:56\n',
  ]) {
    test(`may be given as ${JSON.stringify(text)}`, () => equal(normalizeMac(text), '00-1e-06-12-34-56'));
  }
  for (const text of ['', '00:1e:06:12:34', '00:1e:06:12:34:5g', '00:1e:06:12:34:56:78']) {
    test(`is not ${JSON.stringify(text)}`, () => equal(normalizeMac(text), undefined));
  }
});

suite('the request of a board', () => {
  test('names all parts of the image', () => {
    equal(updatePath(PARTS), '/update?name=docker-box&board=odroid-c4&branch=feature-x&version=1.2.0');
  });

  test('leaves out what the image has not', () => {
    equal(updatePath({ box: 'docker-box', board: 'odroid-c4' }), '/update?name=docker-box&board=odroid-c4');
  });

  test('is understood by the server, whatever the names hold', () => {
    const parts = { box: 'a box&co', board: 'größe=1', branch: 'feature/x?#', version: '1.0+rc1%' };
    const { kind, ...asked } = parseTarget(updatePath(parts));
    equal(kind, 'update');
    equal(JSON.stringify(asked), JSON.stringify(parts));
  });
});

suite('a word for a shell', () => {
  for (const word of ['plain', 'two words', "it's", '$HOME `id` \\ "x" !', "'", '', 'a\nb']) {
    test(`is ${JSON.stringify(word)} again when a shell has read it`, () => {
      equal(execFileSync('sh', ['-c', `printf %s ${shellQuote(word)}`], { encoding: 'utf8' }), word);
    });
  }
});
