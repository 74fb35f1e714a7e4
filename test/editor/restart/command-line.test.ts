// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of a command are written so
import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { commandFor, splitLine } from '../../../src/editor/restart/command-line.ts';

const BOARD = { address: '10.0.0.7', name: 'bench 1', mac: '00:1e:06:12:34:56' };
const program = 'ssh';

suite('a command for a board', () => {
  const right: readonly [what: string, setting: unknown, args: readonly string[]][] = [
    ['is a line', 'ssh root@${address} reboot', ['root@10.0.0.7', 'reboot']],
    ['is a list', ['ssh', 'root@${address}', 'reboot'], ['root@10.0.0.7', 'reboot']],
    ['has its variables replaced within single arguments', 'ssh x${name}y${mac}', ['xbench 1y00:1e:06:12:34:56']],
    ['has them replaced between quotes', `ssh "\${name} a" '\${name}'`, ['bench 1 a', 'bench 1']],
    ['has a name as one argument, whatever is in it', ['ssh', '${name}'], ['bench 1']],
    ['may have no variable at all', 'ssh -V', ['-V']],
    [
      'keeps a dollar that begins none',
      ['ssh', '$address', '$(reboot)', '{address}'],
      ['$address', '$(reboot)', '{address}'],
    ],
    ['keeps an empty argument', ['ssh', ''], ['']],
  ];
  for (const [what, setting, args] of right) test(what, () => deepEqual(commandFor(setting, BOARD), { program, args }));

  test('has IPv4 addresses as such', () => {
    deepEqual(commandFor('ssh ${address}', { address: '::ffff:10.0.0.7' }), { program, args: ['10.0.0.7'] });
    deepEqual(commandFor('ssh ${address}', { address: 'fe80::1%eth0' }), { program, args: ['fe80::1%eth0'] });
  });

  test('never has what a board says interpreted', () => {
    const name = `'; rm -rf / #" \${address} $& \\`;
    deepEqual(commandFor('ssh a "${name}"', { ...BOARD, name }), { program, args: ['a', name] });
  });

  const wrong: readonly [what: string, setting: unknown, fault: object, board?: object][] = [
    ['is not set', '', { kind: 'nothing set' }],
    ['is blank', '  ', { kind: 'nothing set' }],
    ['is an empty list', [], { kind: 'nothing set' }],
    ['is an empty program', ['', 'x'], { kind: 'nothing set' }],
    ['is a number', 7, { kind: 'no command' }],
    ['has a number as an argument', ['ssh', 7], { kind: 'no command' }],
    ['has an open quote', `ssh "a' b`, { kind: 'open quote', quote: '"' }],
    ['has an unknown variable', 'ssh ${adress}', { kind: 'unknown variable', variable: 'adress' }],
    ['has a variable of every object', 'ssh ${toString}', { kind: 'unknown variable', variable: 'toString' }],
    ['wants a name where there is none', 'ssh ${name}', { kind: 'no value', variable: 'name' }, { name: undefined }],
    ['wants a MAC where there is none', 'ssh ${mac}', { kind: 'no value', variable: 'mac' }, { mac: undefined }],
    [
      'is for something that is no address',
      'ssh reboot',
      { kind: 'no address', address: '-oProxyCommand=x' },
      { address: '-oProxyCommand=x' },
    ],
    ['has a variable as its program', '${name} reboot', { kind: 'variable as program' }],
    ['would have an option by a name', 'ssh ${name}', { kind: 'option', argument: '-v' }, { name: '-v' }],
  ];
  for (const [what, setting, fault, board] of wrong) {
    test(`is none when it ${what}`, () => deepEqual(commandFor(setting, { ...BOARD, ...board }), fault));
  }
});

suite('a line', () => {
  const lines: readonly [line: string, args: readonly string[]][] = [
    ['a  b\tc ', ['a', 'b', 'c']],
    [`a"b c"d 'e "f'`, ['ab cd', 'e "f']],
    [`"" ''`, ['', '']],
    [String.raw`a\ b \"c\' d\\e`, ['a b', `"c'`, String.raw`d\e`]],
    [String.raw`C:\Windows\plink.exe "C:\a b\"x"`, [String.raw`C:\Windows\plink.exe`, String.raw`C:\a b"x`]],
    [String.raw`'a\b\'`, ['a\\b\\']],
    ['a;b * ~ $(c) `d` | e > f', ['a;b', '*', '~', '$(c)', '`d`', '|', 'e', '>', 'f']],
  ];
  for (const [line, args] of lines) test(`${line} is split`, () => deepEqual(splitLine(line), args));
});
