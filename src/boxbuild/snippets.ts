/** What is inserted for a name, and for a whole file, in the snippet syntax of editors. */
import type { Term } from './vocabulary.ts';

/** Where the cursor stops: with a text to replace, or a few to choose from. */
type Stop = string | readonly string[];

const ARCHITECTURES = ['aarch64', 'armv7', 'armhf', 'x86_64', 'x86', 'riscv64'];
const BOOLEANS = ['true', 'false'];
const RUNLEVEL_STOP = ['default', 'boot', 'sysinit', 'shutdown'];

/** A snippet: what is written out is inserted as it stands, and the cursor stops at what is filled in. */
function snippet(texts: TemplateStringsArray, ...stops: readonly Stop[]): string {
  return texts.reduce((whole, text, index) => `${whole}${stopText(stops[index - 1] ?? '', index)}${escaped(text)}`);
}

function stopText(stop: Stop, number: number): string {
  if (stop === '') return `$${number}`;
  return typeof stop === 'string' ? `\${${number}:${escaped(stop)}}` : `\${${number}|${stop.join(',')}|}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\$}]/g, '\\$&');
}

const SNIPPETS: Readonly<Partial<Record<Term, string>>> = {
  apks: snippet`apks+=(\n\t${''}\n)`,
  initramfs_apks: snippet`initramfs_apks+=(\n\t${''}\n)`,
  use_force_update_dns: snippet`use_force_update_dns=${BOOLEANS}`,
  use_force_update_config: snippet`use_force_update_config=${BOOLEANS}`,
  arch: snippet`arch=${ARCHITECTURES}`,
  first_sector: snippet`first_sector=${'2048'}`,
  boot_size: snippet`boot_size=${'128M'}`,
  root_size: snippet`root_size=${'90M'}`,
  storage_dev: snippet`storage_dev="${'/dev/mmcblk0'}"`,
  external_storage_dev: snippet`external_storage_dev="${'/dev/mmcblk1'}"`,
  build: snippet`function build()\n{\n\t${''}\n}`,
  root: snippet`function root()\n{\n\tcp -r "$SRC/root/"* "$DEST"\n\t${''}\n}`,
  initramfs: snippet`function initramfs()\n{\n\tcp -r "$SRC/initramfs/"* "$DEST"\n\t${''}\n}`,
  flush: snippet`function flush()\n{\n\t${''}\n}`,
  extend: snippet`extend "${'$BOXES_BASE/linux-box/BOXBUILD'}"`,
  inc_root_size: snippet`inc_root_size ${'100M'}`,
  enable_service: snippet`enable_service "${''}" "${RUNLEVEL_STOP}"`,
  disable_service: snippet`disable_service "${''}" "${RUNLEVEL_STOP}"`,
  apk: snippet`ROOT="$DEST" apk ${''}`,
};

/** A new box in a folder of that name. */
export function boxSnippet(folder: string): string {
  return snippet`extend "${'$BOXES_BASE/linux-box/BOXBUILD'}"

name="${folder}"
inc_root_size ${'100M'}

apks+=(
\t${''}
)

function root()
{
\tcp -r "$SRC/root/"* "$DEST"
\t${''}
}
`;
}

/** A new board in a folder of that name. */
export function boardSnippet(folder: string): string {
  return snippet`name="${folder}"

arch=${ARCHITECTURES}
first_sector=${'2048'}
boot_size=${'128M'}
root_size=${'90M'}
storage_dev="${'/dev/mmcblk0'}"
external_storage_dev="${''}"

function flush()
{
\tdd if="$SRC/${'u-boot.bin'}" of="$DEV" conv=fsync,notrunc bs=512 seek=1
}
`;
}

/** What is inserted for a name at the beginning of a command. */
export function termSnippet(term: Term): string {
  return SNIPPETS[term] ?? `${term}="$1"`;
}
