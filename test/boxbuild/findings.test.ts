import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BoxbuildFinding } from '../../src/boxbuild/findings.ts';
import { findingsIn, RELEASE, type Texts } from './project.ts';

/** Each finding with the text that it is about. */
function told(found: readonly BoxbuildFinding[], text: string): unknown[] {
  return found.map(({ fault, severity, start, end }) => [severity, fault, text.slice(start, end)]);
}

const EXTEND = 'extend "$BOXES_BASE/base-box/BOXBUILD"\n';

suite('the BOXBUILDs of a release', () => {
  for (const file of Object.keys(RELEASE).filter((name) => name.endsWith('/BOXBUILD'))) {
    test(`say nothing wrong: ${file}`, async () => {
      deepEqual(told(await findingsIn(RELEASE, file), RELEASE[file] ?? ''), []);
    });
  }

  test('say nothing wrong in a clone, where all lies in src', async () => {
    const clone: Texts = Object.fromEntries(Object.entries(RELEASE).map(([file, text]) => [`src/${file}`, text]));
    for (const file of Object.keys(clone).filter((name) => name.endsWith('/BOXBUILD'))) {
      deepEqual(await findingsIn(clone, file), [], file);
    }
  });
});

const TWICE = [['warning', { kind: 'twice', name: 'vim' }, 'vim']];

/** A BOXBUILD, and what is found in it: how much it matters, what it is, and the text it is about. */
const CASES: readonly (readonly [name: string, text: string, found: readonly unknown[]])[] = [
  [
    'CRLF line ends, and nothing else',
    `extend "$BOXES_BASE/none/BOXBUILD"\r\nname=x\r\n`,
    [['error', { kind: 'CRLF' }, 'extend "$BOXES_BASE/none/BOXBUILD"']],
  ],
  [
    'an extend that leads nowhere',
    'extend "$BOXES_BASE/none/BOXBUILD"\nname=x\n',
    [
      [
        'error',
        { kind: 'extend leads nowhere', target: '/project/boxes/none/BOXBUILD', boards: [] },
        '"$BOXES_BASE/none/BOXBUILD"',
      ],
    ],
  ],
  [
    'an extend that leads nowhere for a board',
    'extend "$SRC/../../$BOARD-files/BOXBUILD"\nname=x\n',
    [
      [
        'error',
        { kind: 'extend leads nowhere', target: '/project/board-b-files/BOXBUILD', boards: ['board-b'] },
        '"$SRC/../../$BOARD-files/BOXBUILD"',
      ],
    ],
  ],
  ['an extend whose file only bash can tell', 'extend "$(find-it)"\nname=x\n', []],
  ['an extend of a file beside it', 'extend ../base-box/BOXBUILD\nname=x\n', []],
  ['a variable of its own in an extend', '_base=base-box\nextend "$BOXES_BASE/$_base/BOXBUILD"\n', []],
  ['a directive before extend', `name=x\n${EXTEND}`, [['warning', { kind: 'extend is not first' }, 'extend']]],
  ['a function before extend', `root() { :; }\n${EXTEND}`, [['warning', { kind: 'extend is not first' }, 'extend']]],
  ['variables of its own before extend', `_mine=1\nexport TOKEN="$(cat token)"\n${EXTEND}`, []],
  [
    'no board',
    'name=x\nroot_size=40M\n',
    ['arch', 'first_sector', 'boot_size'].map((directive) => [
      'error',
      { kind: 'not set', directive, boards: [] },
      'name=x',
    ]),
  ],
  ['no board, but something sourced', 'name=x\nsource ./more\n', []],
  ['a board only sometimes', `if [ -n "$CI" ]; then\n${EXTEND}fi\nname=x\n`, []],
  [
    'a directive that one board lacks',
    'extend "$SRC/../../boards-more/$BOARD"\n',
    [
      [
        'error',
        { kind: 'not set', directive: 'root_size', boards: ['board-b'] },
        'extend "$SRC/../../boards-more/$BOARD"',
      ],
    ],
  ],
  [
    'sizes that are none',
    `${EXTEND}inc_root_size 128MB\ninc_root_size "much"\ninc_root_size\nroot_size=1,5G\n`,
    [
      ['error', { kind: 'no size', value: '128MB', isUnit: true }, '128MB'],
      ['error', { kind: 'no size', value: 'much', isUnit: false }, '"much"'],
      ['error', { kind: 'no size', value: '', isUnit: false }, 'inc_root_size'],
    ],
  ],
  [
    'sizes that bash computes',
    `${EXTEND}inc_root_size "$((3 * 20))M"\nroot_size=$MORE\n_s=3M\ninc_root_size $_s\n`,
    [],
  ],
  [
    'a boot_size that sfdisk takes for sectors, and a first sector that is none',
    `${EXTEND}boot_size=134217728\nfirst_sector=1M\n`,
    [
      ['warning', { kind: 'boot size without unit' }, '134217728'],
      ['error', { kind: 'no sector', value: '1M' }, '1M'],
    ],
  ],
  [
    "a box's flush",
    `${EXTEND}function flush()\n{\n  dd of="$DEV"\n}\n`,
    [['warning', { kind: 'flush in a box' }, 'flush']],
  ],
  [
    'packages that throw away the inherited ones',
    `${EXTEND}apks=(vim)\n`,
    [['warning', { kind: 'drops inherited', directive: 'apks' }, 'apks']],
  ],
  [
    'packages that are no array',
    `${EXTEND}apks+=vim\ninitramfs_apks="vim nano"\n`,
    [
      ['warning', { kind: 'no array', directive: 'apks' }, 'apks'],
      ['warning', { kind: 'no array', directive: 'initramfs_apks' }, 'initramfs_apks'],
    ],
  ],
  [
    'a package twice, and one that is inherited',
    `${EXTEND}apks+=(vim nano\n  vim) # vim\napks+=(openrc zstd)\n`,
    [
      ['warning', { kind: 'twice', name: 'vim' }, 'vim'],
      ['hint', { kind: 'inherited', name: 'openrc', from: 'base-box' }, 'openrc'],
    ],
  ],
  [
    'a package in branches of which one runs',
    `${EXTEND}case "$BOARD" in a) apks+=( vim ) ;; b) apks+=( vim nano ) ;; esac
if [ -n "$CI" ]; then apks+=(zstd-dev); else apks+=(zstd-dev); fi
[ -n "$CI" ] && { :; apks+=(tmux); } || { :; apks+=(tmux); }
[ -n "$CI" ] &&
  apks+=(less)
[ -n "$CI" ] || apks+=(less)
`,
    [],
  ],
  ['a package after a branch that may have it', `${EXTEND}[ -n "$CI" ] && apks+=(vim)\napks+=(vim)\n`, []],
  ['a package twice in a branch', `${EXTEND}if [ -n "$CI" ]; then apks+=(vim vim); fi\n`, TWICE],
  ['a package in a branch, and before it', `${EXTEND}apks+=(vim)\nif [ -n "$CI" ]; then apks+=(vim); fi\n`, TWICE],
  [
    'packages that a branch may throw away',
    `${EXTEND}apks+=(vim nano)\nif [ -n "$CI" ]; then apks=(nano); apks+=(openrc); fi\napks+=(vim nano)\n`,
    [['warning', { kind: 'twice', name: 'nano' }, 'nano']],
  ],
  [
    'inherited packages that are thrown away, and one of them again',
    `${EXTEND}apks=()\napks+=(openrc)\n`,
    [['warning', { kind: 'drops inherited', directive: 'apks' }, 'apks']],
  ],
  [
    'a package that is inherited only sometimes',
    'extend "$BOXES_BASE/odd-box/BOXBUILD"\napks+=(vim openrc)\n',
    [['hint', { kind: 'inherited', name: 'openrc', from: 'base-box' }, 'openrc']],
  ],
  [
    'a service of a package that is inherited only sometimes',
    'extend "$BOXES_BASE/odd-box/BOXBUILD"\nroot() { enable_service lamp default; }\n',
    [],
  ],
  [
    'a service that nothing brings, and one without a runlevel',
    `${EXTEND}root() {\n  enable_service "lamp" default\n  enable_service ntpd\n  enable_service "$MINE" default\n}\n`,
    [
      ['hint', { kind: 'unknown service', service: 'lamp' }, '"lamp"'],
      ['warning', { kind: 'no runlevel', helper: 'enable_service' }, 'enable_service'],
    ],
  ],
  [
    'services that packages bring under other names, and one that none of them brings',
    `${EXTEND}apks+=(bind bluez-openrc nfs-utils=2.6.4-r4 iptables wireguard-tools at)
root() {
  enable_service named default
  enable_service bluetooth default
  enable_service dbus default
  enable_service rpc.statd default
  enable_service nfsmount default
  enable_service ip6tables boot
  enable_service wg-quick.wg0 default
  enable_service atd default
  enable_service slapd default
}
`,
    [['hint', { kind: 'unknown service', service: 'slapd' }, 'slapd']],
  ],
  [
    'a service that a command may install',
    `${EXTEND}root() {\n  install lamp "$DEST/etc/init.d/"\n  enable_service lamp default\n}\n`,
    [],
  ],
  ['a service of packages that bash computes', `${EXTEND}apks+=($MORE)\nroot() { enable_service lamp default; }\n`, []],
  [
    'bash of all kinds',
    `${EXTEND}name=x
cat <<- 'END' > "$SRC/out"
	apks=(not a package)
	END
case "$BOARD" in
  (odd | strange) apks+=(strange) ;;
  *) _other=1 ;;
esac
for each in a b; do apks+=("$each"); done
while read -r line; do :; done < <(ls "$SRC")
[[ -n "$CI" && ( $A < 3 ) ]] && apks+=(ci)
(( _n = 3 << 2 ))
_list=$(for f in x; do echo "$f)"; done)
echo "it's # no comment" # apks=(
mv {a,b} ?(c)*
build() ( cd "$SRC" && make; )
root() {
  if ! true; then echo "}"; elif false; then :; else { :; }; fi
}
`,
    [],
  ],
  ['a text that ends too soon', `${EXTEND}apks=(vim\n`, []],
  ...['x="', "x='", 'x=`', 'x="$(', `x="\${y:-don't}"`, "x=$'it\\'", 'x=$(', 'x=<(', 'x=?(', '(( x = 1'].map(
    (opened) => [`something opened that nobody closed: ${opened}`, `${opened}\n${EXTEND}`, []] as const,
  ),
  ...["x=$'it\\'s'", "x=$(\n# don't\nls\n)", "x=$(cat <<EOF\nit's\nEOF\n)", `x="5$'s"`, `x=\${y:-{}`].map(
    (before) => [`what ends where bash ends it: ${before}`, `${before}\n${EXTEND}apks+=(vim vim)\n`, TWICE] as const,
  ),
];

suite('the faults of a BOXBUILD', () => {
  const project = {
    ...RELEASE,
    'board-a-files/BOXBUILD': 'extend "$BOARDS_BASE/$BOARD/BOXBUILD"\n',
    'boxes/odd-box/BOXBUILD': `${EXTEND}apks+=(lamp)\nif [ -n "$CI" ]; then apks+=(vim); else apks=(openrc); fi\n`,
    'boards-more/board-a': 'extend "$BOARDS_BASE/$BOARD/BOXBUILD"\n',
    'boards-more/board-b': 'arch=armv7\nfirst_sector=2048\nboot_size=128M\n',
  };
  for (const [name, text, expected] of CASES) {
    test(name, async () => {
      const file = 'boxes/new-box/BOXBUILD';
      deepEqual(told(await findingsIn({ ...project, [file]: text }, file), text), expected);
    });
  }

  test("a board's flash, which mkbox never calls", async () => {
    const text = `${RELEASE['boards/board-a/BOXBUILD']?.replace('flush', 'flash')}`;
    const found = await findingsIn({ ...RELEASE, 'boards/board-a/BOXBUILD': text }, 'boards/board-a/BOXBUILD');
    deepEqual(told(found, text), [['warning', { kind: 'flash' }, 'flash']]);
  });

  test('none where the project is not to be found', async () => {
    deepEqual(
      await findingsIn({ 'somewhere/BOXBUILD': 'extend "$BOXES_BASE/x/BOXBUILD"\n' }, 'somewhere/BOXBUILD'),
      [],
    );
  });

  test('no loop ends in a search without end', async () => {
    const file = 'boxes/new-box/BOXBUILD';
    deepEqual(await findingsIn({ ...RELEASE, [file]: 'extend BOXBUILD\nname=x\n' }, file), []);
  });
});
