/** A BOXBUILD as bash understands it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const VALUES = [
  'name', 'arch', 'first_sector', 'boot_size', 'root_size', 'storage_dev', 'external_storage_dev', 'domain',
  'update_server_http', 'use_force_update_dns', 'use_force_update_config',
];
const LISTS = ['apks', 'initramfs_apks'];

/** What mkbox gives to BOXBUILDs. What needs root is told, not done. */
const PRELUDE = `
set -e
build_steps=() initramfs_steps=() root_steps=()
keep_step() {
  local kind=$1 folder=$2 name="\${1}_step_$((step_count += 1))"
  declare -F "$kind" > /dev/null || return 0
  source <(declare -f "$kind" | sed "1s/^$kind /$name /") # mkbox does so, too: errors name /dev/fd/63
  unset -f "$kind"
  eval "\${kind}_steps+=(\\"\\$name\\" \\"\\$folder\\")"
}
extend() {
  local file kind
  file=$(cd "$SRC" && realpath "$1" 2> /dev/null) || true
  if [ ! -f "$file" ]; then echo "BOXBUILD usage: extend <BOXBUILD file>"; exit 255; fi
  SRC=$(dirname "$file") load "$file"
  for kind in build initramfs root; do keep_step "$kind" "$(dirname "$file")"; done
}
load() { set -a; source "$1"; set +a; }
bytes() {
  local digits=\${1%[KMGT]}
  case $1 in
    *K) echo $((digits << 10)) ;; *M) echo $((digits << 20)) ;; *G) echo $((digits << 30)) ;; *T) echo $((digits << 40)) ;;
    *[!0-9]*|'') echo "numfmt: invalid number: '$1'" >&2; return 2 ;; *) echo "$1" ;;
  esac
}
inc_root_size() { local a b; a=$(bytes "$root_size"); b=$(bytes "$1"); root_size=$((a + b)); }
enable_service() { mkdir -p "$DEST/etc/runlevels/$2" && ln -sf "/etc/init.d/$1" "$DEST/etc/runlevels/$2/"; }
disable_service() { rm -f "$DEST/etc/runlevels/$2/$1"; }
chroot() { echo "stand-in, not run: chroot $*"; }
chown() { echo "stand-in, not run: chown $*"; }
load "$BOXBUILD"
`;

const TELL = `
for each in ${VALUES.join(' ')}; do printf '%s\\0' "\${!each}"; done >&3
for list in ${LISTS.join(' ')}; do
  eval "items=(\\"\\\${$list[@]}\\")"
  printf '%s\\0' "\${#items[@]}" "\${items[@]}" >&3
done
printf '%s\\0' "$(bytes "\${boot_size:-0}")" "$(bytes "\${root_size:-0}")" >&3
`;

/** Runs a function: that of each extended BOXBUILD, then that of the box. */
const RUN = (kind) => `
for ((at = 0; at < \${#${kind}_steps[@]}; at += 2)); do
  SRC="\${${kind}_steps[at + 1]}" "\${${kind}_steps[at]}"
done
if declare -F ${kind} > /dev/null; then ${kind}; fi
`;

export class Boxbuild {
  #file;
  #env;

  constructor(file, { base, board }) {
    const { BOXES_BASE = path.join(base, '../boxes'), BOARDS_BASE = path.join(base, '../boards') } = process.env;
    this.#file = file;
    this.#env = { ...process.env, BOXES_BASE, BOARDS_BASE, BOARD: board, BOXBUILD: file };
  }

  /** What it says, as values; ends this process as bash ended where it can't be read. */
  load() {
    const fields = this.#bash(TELL, {}).split('\0');
    const box = {};
    for (const name of VALUES) box[name] = fields.shift();
    for (const name of LISTS) {
      const count = Number(fields.shift());
      const items = fields.splice(0, Math.max(count, 1));
      box[name] = count === 0 ? [] : items;
    }
    return { ...box, bootBytes: Number(fields.shift()), rootBytes: Number(fields.shift()) };
  }

  /** The size of the whole image. */
  imageBytes({ bootBytes, rootBytes, first_sector: firstSector }) {
    return bootBytes + rootBytes + Number(firstSector) * 512;
  }

  /** Calls a function of the box and of all that it extends. */
  run(kind, destination) {
    this.#bash(RUN(kind), { DEST: destination });
  }

  #bash(then, env) {
    const src = path.resolve(path.dirname(this.#file));
    const { status, output, error } = spawnSync('bash', ['--norc', '-c', PRELUDE + then, 'mkbox'], {
      env: { ...this.#env, SRC: src, ...env },
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    if (status !== 0) process.exit(status ?? 1);
    return output[3];
  }
}
