import { deepEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type BoardConf, parseBoardConf } from '../../src/contents/board-conf.ts';
import { boardConfOf } from '../fixtures/disk-image.ts';
import { requireTools } from '../tools/tools.ts';
import { CONF, CONTENT } from './disks.ts';

const { busybox } = requireTools('busybox');

/** The box as the shell of a board understands the text. */
function sourcedBox(text: string): BoardConf {
  const box = execFileSync(busybox, ['sh', '-c', `${text}\nprintf %s "$imgname"`], { encoding: 'utf8' });
  return box === '' ? {} : { box };
}

suite('a board.conf', () => {
  test('is read as mkbox writes it', () => {
    deepEqual(parseBoardConf(boardConfOf(CONTENT)), CONF);
  });

  const texts: Record<string, [text: string, expected: BoardConf]> = {
    'in double quotes': ['imgname="a box"', { box: 'a box' }],
    'in single quotes': ['imgname=\'a "box"\'', { box: 'a "box"' }],
    'without quotes': ['imgname=box-1.0_x', { box: 'box-1.0_x' }],
    'with a comment behind it': ['imgname="box" # the box', { box: 'box' }],
    'with a comment behind one without quotes': ['imgname=box\t# the box', { box: 'box' }],
    'with a number sign in it': ['imgname=box#1', { box: 'box#1' }],
    'with a number sign in quotes': ['imgname="box #1"', { box: 'box #1' }],
    'that is exported': ['export imgname="box"', { box: 'box' }],
    'behind blanks': ['  \timgname="box"  ', { box: 'box' }],
    'among comments and empty lines': ['# imgname="other"\n\nimgname="box"\n#imgname=x', { box: 'box' }],
    'without a line end behind it': ['arch=x\nimgname="box"', { box: 'box', arch: 'x' }],
    'that is empty': ['imgname=""', {}],
    'that is empty, without quotes': ['imgname=', {}],
    'that comes twice, the last one': ['imgname="a"\nimgname="b"', { box: 'b' }],
    'that is emptied again': ['imgname="a"\nimgname=', {}],
    'with a name that is not quite it': ['imgname2="a"\nmy_imgname="b"', {}],
  };
  for (const [which, [text, expected]] of Object.entries(texts)) {
    test(`gives a value ${which}, as a board understands it`, () => {
      deepEqual(parseBoardConf(text), expected);
      const { box } = expected;
      deepEqual(sourcedBox(text), box === undefined ? {} : { box });
    });
  }

  test('may have the line ends of Windows', () => {
    deepEqual(parseBoardConf(boardConfOf(CONTENT).replaceAll('\n', '\r\n')), CONF);
  });

  test('gives nothing for what is no assignment', () => {
    for (const line of ['imgname = "box"', 'imgname', '="box"', 'imgname="box', "imgname='box", 'imgname="a"b"c']) {
      deepEqual(parseBoardConf(line), {}, line);
    }
  });

  test('gives nothing for names that an object has of its own', () => {
    deepEqual(parseBoardConf('constructor="x"\n__proto__="y"\ntoString=z\nhasOwnProperty=1'), {});
  });

  test('is read whatever is in it', { timeout: 30_000 }, () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^(export )?(imgname|board|__proto__)=["' a#=\\]{0,30}$/),
    );
    fc.assert(fc.property(fc.array(line), (lines) => typeof parseBoardConf(lines.join('\n')) === 'object'));
    parseBoardConf(`imgname=${' '.repeat(60_000)}"`);
    parseBoardConf(`${' '.repeat(60_000)}imgname`);
  });
});
