/**
 * Faults in a BOXBUILD: what mkbox would stop at, or do differently from what its author means. What only bash can tell
 * is left alone.
 */
import path from 'node:path';
import { type Chain, lookupIn, nameOf, readChain, type Step, topAssignments } from './chain.ts';
import { boardOf, boardsIn, type Files, findBases } from './layout.ts';
import { CertainPackages, certainPackages, packageAssignments, possiblePackages } from './packages.ts';
import { readScript } from './script.ts';
import type { Command, Script } from './script-parts.ts';
import { mayBring } from './services.ts';
import { sizeFault } from './size.ts';
import { isTerm, PACKAGE_ARRAYS, REQUIRED } from './vocabulary.ts';
import { expand, type Lookup, type Word } from './words.ts';

/** What was found. */
export type Fault =
  | { readonly kind: 'CRLF' }
  | { readonly kind: 'extend leads nowhere'; readonly target: string; readonly boards: readonly string[] }
  | { readonly kind: 'extend is not first' }
  | { readonly kind: 'not set'; readonly directive: string; readonly boards: readonly string[] }
  | { readonly kind: 'no size'; readonly value: string; readonly isUnit: boolean }
  | { readonly kind: 'boot size without unit' }
  | { readonly kind: 'no sector'; readonly value: string }
  | { readonly kind: 'flush in a box' }
  | { readonly kind: 'flash' }
  | { readonly kind: 'drops inherited'; readonly directive: string }
  | { readonly kind: 'no array'; readonly directive: string }
  | { readonly kind: 'twice'; readonly name: string }
  | { readonly kind: 'inherited'; readonly name: string; readonly from: string }
  | { readonly kind: 'no runlevel'; readonly helper: string }
  | { readonly kind: 'unknown service'; readonly service: string };

/** How much it matters: mkbox stops; the image is not what is meant; worth a look. */
export type Severity = 'error' | 'warning' | 'hint';

export interface BoxbuildFinding {
  readonly fault: Fault;
  readonly severity: Severity;
  /** Offsets into the text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Checks a BOXBUILD and what it extends, for every board of its project. */
export async function findFaults(file: string, text: string, files: Files): Promise<BoxbuildFinding[]> {
  const bases = await findBases(file, files);
  const board = boardOf(file, bases);
  const boards = board === undefined ? await boardsIn(bases, files) : [board];
  const chains = new Map<string, Chain>();
  for (const each of boards) chains.set(each, await readChain(file, text, each, bases, files));
  const script = readScript(text);
  const carriageReturn = text.indexOf('\r\n');
  // bash takes the carriage returns for parts of words: further findings would be noise
  if (carriageReturn !== -1) {
    return [{ fault: { kind: 'CRLF' }, severity: 'error', start: 0, end: carriageReturn }];
  }
  if (!script.isWhole) return [];
  const lookup = lookupIn(script, file, board, bases);
  const found = [
    ...extendFaults(script, chains),
    ...missing(script, chains),
    ...valueFaults(script, lookup),
    ...functionFaults(script, board !== undefined),
    ...packageFaults(script, chains),
    ...(await serviceFaults(script, chains, lookup, files)),
  ];
  return found.sort((a, b) => a.start - b.start);
}

function* extendFaults(script: Script, chains: ReadonlyMap<string, Chain>): Generator<BoxbuildFinding> {
  const broken = new Map<number, { target: string; boards: string[]; word: Word }>();
  for (const [board, { extends: calls }] of chains) {
    for (const { command, argument, target, isThere } of calls) {
      if (isThere || target === undefined || argument === undefined || command.isConditional) continue;
      const known = broken.get(command.start);
      if (known === undefined) broken.set(command.start, { target, boards: [board], word: argument });
      else known.boards.push(board);
    }
  }
  for (const { target, boards, word } of broken.values()) {
    const fault = {
      kind: 'extend leads nowhere',
      target,
      boards: boards.length === chains.size ? [] : boards,
    } as const;
    yield { fault, severity: 'error', start: word.start, end: word.end };
  }
  yield* lateExtend(script);
}

/** What is set or defined before `extend` is overridden by the extended BOXBUILD. */
function* lateExtend(script: Script): Generator<BoxbuildFinding> {
  const commands = script.commands.filter(({ within }) => within === undefined);
  const first = commands.find((command) => nameOf(command) === 'extend');
  if (first === undefined) return;
  const before = commands.filter(({ start }) => start < first.start);
  const isSetBefore = before.some((command) => setsTerm(command) || nameOf(command) === 'inc_root_size');
  const isDefinedBefore = script.functions.some(({ name, start }) => start < first.start && isTerm(name));
  const [word] = first.words;
  if ((!isSetBefore && !isDefinedBefore) || word === undefined) return;
  yield { fault: { kind: 'extend is not first' }, severity: 'warning', start: word.start, end: word.end };
}

function setsTerm({ assignments }: Command): boolean {
  return assignments.some(({ name }) => isTerm(name));
}

/** Directives without which mkbox stops, where the whole chain of a board can be read and none of it sets them. */
function* missing(script: Script, chains: ReadonlyMap<string, Chain>): Generator<BoxbuildFinding> {
  const known = [...chains].filter(([, { isKnown }]) => isKnown);
  for (const directive of REQUIRED) {
    const boards = known
      .filter(([, { steps }]) => !steps.some((step) => sets(step, directive)))
      .map(([board]) => board);
    if (boards.length === 0) continue;
    const [first] = script.commands;
    const word = first?.words[0];
    const start = word?.start ?? first?.assignments[0]?.start ?? 0;
    const end = first?.words.at(-1)?.end ?? first?.assignments.at(-1)?.end ?? start;
    const fault = { kind: 'not set', directive, boards: boards.length === chains.size ? [] : boards } as const;
    yield { fault, severity: 'error', start, end };
  }
}

function sets({ script }: Step, directive: string): boolean {
  const isIncreased =
    directive === 'root_size' && script.commands.some((command) => nameOf(command) === 'inc_root_size');
  return isIncreased || topAssignments(script).some(({ name }) => name === directive);
}

function* valueFaults(script: Script, lookup: Lookup): Generator<BoxbuildFinding> {
  for (const { name, value, start, nameEnd } of topAssignments(script)) {
    if (PACKAGE_ARRAYS.has(name) && 'parts' in value && !(value.start === value.end)) {
      yield { fault: { kind: 'no array', directive: name }, severity: 'warning', start, end: nameEnd };
    }
    if (!('parts' in value)) continue;
    const text = expand(value, lookup);
    const [from, to] = value.start === value.end ? [start, value.end] : [value.start, value.end];
    if (text === undefined) continue;
    if (name === 'root_size' || name === 'boot_size') yield* sizeFaults(text, from, to);
    if (name === 'boot_size' && /^\d+$/.test(text)) {
      yield { fault: { kind: 'boot size without unit' }, severity: 'warning', start: from, end: to };
    }
    if (name === 'first_sector' && !/^\d+$/.test(text)) {
      yield { fault: { kind: 'no sector', value: text }, severity: 'error', start: from, end: to };
    }
  }
  for (const command of script.commands) {
    const [word, argument] = command.words;
    if (word === undefined || expand(word) !== 'inc_root_size') continue;
    const text = argument === undefined ? '' : expand(argument, lookup);
    if (text !== undefined) yield* sizeFaults(text, (argument ?? word).start, (argument ?? word).end);
  }
}

function* sizeFaults(value: string, start: number, end: number): Generator<BoxbuildFinding> {
  const fault = sizeFault(value);
  if (fault === undefined) return;
  yield { fault: { kind: 'no size', value, isUnit: fault === 'unit' }, severity: 'error', start, end };
}

function* functionFaults(script: Script, isBoard: boolean): Generator<BoxbuildFinding> {
  const isExtending = script.commands.some((command) => nameOf(command) === 'extend');
  const isFlushed = script.functions.some(({ name }) => name === 'flush');
  for (const { name, nameStart: start, nameEnd: end } of script.functions) {
    if (name === 'flush' && !isBoard && isExtending) {
      yield { fault: { kind: 'flush in a box' }, severity: 'warning', start, end };
    }
    if (name === 'flash' && isBoard && !isFlushed) yield { fault: { kind: 'flash' }, severity: 'warning', start, end };
  }
}

function* packageFaults(script: Script, chains: ReadonlyMap<string, Chain>): Generator<BoxbuildFinding> {
  const extendAt = script.commands.find(
    (command) => command.within === undefined && nameOf(command) === 'extend',
  )?.start;
  for (const directive of PACKAGE_ARRAYS) {
    const earlier = [...chains.values()].map(({ steps }) => steps.slice(0, -1));
    const inherited = earlier.map((steps) => certainPackages(steps, directive));
    const isInheriting = earlier.some((steps) => possiblePackages(steps, directive).length > 0);
    const own = new CertainPackages();
    let keepsInherited = true;
    for (const assignment of packageAssignments(script, directive)) {
      const { isAppended, isConditional, value, start, nameEnd } = assignment;
      if (!isAppended && !isConditional && extendAt !== undefined && extendAt < start && isInheriting) {
        yield { fault: { kind: 'drops inherited', directive }, severity: 'warning', start, end: nameEnd };
      }
      keepsInherited &&= isAppended;
      const here = new Set<string>();
      for (const word of value) {
        const item = expand(word);
        if (item === undefined) continue;
        const [from, ...others] = inherited.map((packages) => packages.folderOf(item));
        const isInherited = keepsInherited && from !== undefined && others.every((other) => other !== undefined);
        if (here.has(item) || (isAppended && own.folderOf(item) !== undefined)) {
          yield { fault: { kind: 'twice', name: item }, severity: 'warning', start: word.start, end: word.end };
        } else if (isInherited) {
          const fault = { kind: 'inherited', name: item, from } as const;
          yield { fault, severity: 'hint', start: word.start, end: word.end };
        }
        here.add(item);
      }
      // this BOXBUILD's own folder, which no finding names
      own.assign(assignment, '');
    }
  }
}

async function serviceFaults(
  script: Script,
  chains: ReadonlyMap<string, Chain>,
  lookup: Lookup,
  files: Files,
): Promise<BoxbuildFinding[]> {
  const found: BoxbuildFinding[] = [];
  for (const command of script.commands) {
    const helper = nameOf(command);
    if (helper !== 'enable_service' && helper !== 'disable_service') continue;
    const [word, argument, runlevel] = command.words;
    if (word === undefined) continue;
    if (runlevel === undefined) {
      found.push({ fault: { kind: 'no runlevel', helper }, severity: 'warning', start: word.start, end: word.end });
    }
    const service = argument && expand(argument, lookup);
    if (argument === undefined || service === undefined || helper !== 'enable_service') continue;
    if (await mayHave(service, [...chains.values()], files)) continue;
    const fault = { kind: 'unknown service', service } as const;
    found.push({ fault, severity: 'hint', start: argument.start, end: argument.end });
  }
  return found;
}

/** Whether an image may have a service. False only if everything that it consists of is known. */
async function mayHave(service: string, chains: readonly Chain[], files: Files): Promise<boolean> {
  if (!chains.some(({ isKnown }) => isKnown)) return true;
  for (const { steps, isKnown } of chains) {
    const packages = possiblePackages(steps, 'apks');
    const isComputed = steps.some(({ script }) => installsMore(script));
    if (!isKnown || isComputed || mayBring(packages, service)) return true;
    for (const { path: file, script } of steps) {
      const own = path.join(path.dirname(file), 'root', 'etc', 'init.d', service);
      if ((await files.exists(own)) || mentionsInit(script)) return true;
    }
  }
  return false;
}

/** Whether packages are added that are not written out. */
function installsMore(script: Script): boolean {
  const isComputed = topAssignments(script).some(
    ({ name, value }) => name === 'apks' && ('parts' in value || value.some((word) => expand(word) === undefined)),
  );
  return isComputed || script.commands.some((command) => nameOf(command) === 'apk');
}

/** Whether a script handles service scripts itself. */
function mentionsInit({ commands }: Script): boolean {
  const texts = commands.flatMap(({ words }) => words.flatMap(({ parts }) => parts));
  return texts.some((part) => part.kind === 'literal' && part.text.includes('init.d'));
}
