import type { FileAttribute } from './file-node.ts';

/** The attribute that holds what a program may do beyond its user. */
const ATTRIBUTE = 'security.capability';

/** Linux, include/uapi/linux/capability.h, from 0 on; without `cap_`. */
const NAMES =
  `chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
  net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin
  sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override
  mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`.split(/\s+/);

/** There, too, struct vfs_ns_cap_data: a revision with a flag, pairs of 32 bits, and the namespace's root in revision 3. */
const REVISION_MASK = 0xff000000;
const EFFECTIVE_FLAG = 1;
const REVISIONS: Readonly<Record<number, { readonly pairs: 1 | 2; readonly bytes: number }>> = {
  16777216: { pairs: 1, bytes: 12 },
  33554432: { pairs: 2, bytes: 20 },
  50331648: { pairs: 2, bytes: 24 },
};
const PAIR_BYTES = 8;
const ROOT_AT = 20;

const CAPABILITIES = 64;
const [EFFECTIVE, PERMITTED, INHERITABLE] = [1, 2, 4];
/** All three. */
const MOST_SETS = 7;

/** The capabilities that an attribute gives; undefined where it is another one. */
export function capabilitiesIn({ name, value }: FileAttribute): string | undefined {
  return name === ATTRIBUTE && value !== undefined ? capabilityText(value) : undefined;
}

/**
 * A value of `security.capability` in words, as getcap(8) has it with `-n`: `cap_net_raw=ep`, `cap_setuid=ep
 * [rootid=1000]`. Undefined where it is none.
 */
function capabilityText(value: Buffer): string | undefined {
  if (value.length < 4) return undefined;
  const head = value.readUInt32LE(0);
  const revision = REVISIONS[(head & REVISION_MASK) >>> 0];
  if (revision === undefined || value.length !== revision.bytes) return undefined;
  const bits = (pairOffset: number): bigint => {
    const low = BigInt(value.readUInt32LE(4 + pairOffset));
    return revision.pairs === 1 ? low : low | (BigInt(value.readUInt32LE(4 + PAIR_BYTES + pairOffset)) << 32n);
  };
  const [permitted, inheritable] = [bits(0), bits(4)];
  const effective = (head & EFFECTIVE_FLAG) === 0 ? 0n : permitted | inheritable;
  const sets = Array.from({ length: CAPABILITIES }, (_, number) => {
    const has = (set: bigint, flag: number) => (((set >> BigInt(number)) & 1n) === 0n ? 0 : flag);
    return has(effective, EFFECTIVE) + has(permitted, PERMITTED) + has(inheritable, INHERITABLE);
  });
  const root = value.length > ROOT_AT ? value.readUInt32LE(ROOT_AT) : 0;
  return root === 0 ? setsText(sets) : `${setsText(sets)} [rootid=${root}]`;
}

/**
 * cap_to_text(3), as libcap 2.66 has it: what most of the capabilities with a name have comes first, then those that
 * differ from it, then numbers without a name.
 */
function setsText(sets: readonly number[]): string {
  const counts = countOf(sets.slice(0, NAMES.length));
  const usual = counts.indexOf(Math.max(...counts));
  const clauses: string[] = [];
  for (let combination = MOST_SETS; combination >= 0; combination--) {
    const names = NAMES.filter((_, number) => sets[number] === combination && combination !== usual);
    if (names.length === 0) continue;
    const [more, less] = [letters(combination & ~usual), letters(usual & ~combination)];
    const operator = clauses.length === 0 && usual === 0 ? '=' : '+';
    const list = names.map((name) => `cap_${name}`).join(',');
    clauses.push(`${list}${more && operator + more}${less && `-${less}`}`);
  }
  const start = usual === 0 && clauses.length > 0 ? [] : [`=${letters(usual)}`];
  for (let combination = MOST_SETS; combination > 0; combination--) {
    const numbers = sets.flatMap((set, number) => (set === combination && number >= NAMES.length ? [number] : []));
    if (numbers.length > 0) clauses.push(`${numbers.join(',')}+${letters(combination)}`);
  }
  return [...start, ...clauses].join(' ');
}

/** How many capabilities have each combination of sets. */
function countOf(sets: readonly number[]): number[] {
  const counts = new Array<number>(MOST_SETS + 1).fill(0);
  for (const set of sets) counts[set] = (counts[set] ?? 0) + 1;
  return counts;
}

function letters(combination: number): string {
  const letter = (flag: number, text: string) => ((combination & flag) === 0 ? '' : text);
  return letter(EFFECTIVE, 'e') + letter(INHERITABLE, 'i') + letter(PERMITTED, 'p');
}
