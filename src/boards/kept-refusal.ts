import * as v from 'valibot';
import { fault as contentsFault, damage } from '../checks/examination-schema.ts';
import type { Finding } from '../checks/finding.ts';
import type { ChecksumsFault } from '../images/checksums.ts';
import type { SetFault } from '../images/set-fault.ts';
import type { Refusal } from '../server/refusal.ts';
import { REQUEST_FAULTS } from '../server/request-fault.ts';
import type { ToldRefusal } from './board.ts';
import { cut } from './board-record.ts';
import { MOST_KEPT_TEXT } from './limits.ts';

/** More images than a query is tried for. */
const MOST_TRIED = 20;

/** A text, and a whole number from 0 on, as they are kept. */
export const text = v.pipe(v.string(), v.maxLength(MOST_KEPT_TEXT));
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const maybeText = v.exactOptional(text);

/** What people type: of a longer one, the beginning is as good. */
export const typed = v.pipe(
  v.string(),
  v.transform((text) => cut(text, MOST_KEPT_TEXT)),
);
export const maybeTyped = v.exactOptional(typed);

/** The names of images that were tried. */
export const tried = v.pipe(v.array(text), v.maxLength(MOST_TRIED));

const checksums = v.variant('kind', [
  v.object({ kind: v.literal('no line'), name: text }),
  v.object({ kind: v.literal('UTF-16') }),
  v.object({
    kind: v.picklist([
      'byte order mark',
      'Windows line end',
      'BSD form',
      'capitals',
      'form',
      'two digests',
      'no checksum',
    ]),
    line: count,
  }),
  v.object({ kind: v.literal('digest'), line: count, digits: count }),
  v.object({ kind: v.literal('folder'), line: count, name: text }),
  v.object({ kind: v.literal('other name'), line: count, name: text, expected: text }),
]) satisfies v.GenericSchema<ChecksumsFault>;

const setFault = v.variant('problem', [
  v.object({
    file: text,
    problem: v.picklist([
      'missing',
      'empty',
      'link',
      'not a file',
      'outside',
      'forbidden',
      'unreadable',
      'being written',
      'too large',
      'no build ID',
    ]),
  }),
  v.object({ file: text, problem: v.literal('no checksum'), checksums }),
]) satisfies v.GenericSchema<SetFault>;

const finding = v.variant('kind', [
  v.object({ kind: v.picklist(['digest', 'raw digest']), expected: text, actual: text }),
  v.object({ kind: v.literal('damaged'), damage }),
  v.object({ kind: v.literal('contents'), fault: contentsFault }),
  v.object({ kind: v.literal('raw size'), rawBytes: count, partitionsEnd: count }),
  v.object({ kind: v.literal('build ID'), inside: text, outside: text }),
  v.object({ kind: v.picklist(['box', 'board']), inside: text }),
  v.object({ kind: v.literal('not said'), what: v.picklist(['build ID', 'box', 'board']) }),
]) satisfies v.GenericSchema<Finding>;

/** Why a request gets nothing, as it is kept in a file. */
export const refusal = v.variant('kind', [
  v.object({ kind: v.picklist(['stopping', 'path', 'internal error']) }),
  v.object({ kind: v.literal('request'), fault: v.picklist(REQUEST_FAULTS) }),
  v.object({ kind: v.literal('foreign host'), name: text }),
  v.object({ kind: v.literal('not allowed'), client: text }),
  v.object({ kind: v.literal('not proven'), proof: v.picklist(['absent', 'malformed', 'wrong']) }),
  v.object({ kind: v.literal('full'), transfers: count }),
  v.object({ kind: v.literal('fault'), status: v.picklist([404, 503]) }),
  v.object({ kind: v.literal('part missing'), part: v.picklist(['box', 'board', 'query']) }),
  v.object({
    kind: v.literal('no image'),
    tried,
    folder: maybeText,
    nearest: maybeText,
  }),
  v.object({
    kind: v.literal('incomplete'),
    id: text,
    fault: setFault,
    isEarlier: v.exactOptional(v.boolean()),
  }),
  v.object({
    kind: v.literal('wrong image'),
    id: text,
    image: text,
    finding,
    isSettling: v.boolean(),
    isEarlier: v.exactOptional(v.boolean()),
  }),
  v.object({ kind: v.literal('being written'), id: text }),
  v.object({ kind: v.literal('unchecked'), id: text, code: text }),
  v.object({ kind: v.literal('not this one'), id: text, only: text }),
  v.object({ kind: v.literal('not this board'), only: text }),
  v.object({ kind: v.literal('unreadable'), code: text, folder: maybeText }),
]) satisfies v.GenericSchema<Refusal>;

/** Why a board got nothing, as it is kept in a file. */
export const keptRefusal = v.variant('kind', [
  refusal,
  v.object({ kind: v.literal('told'), text }),
]) satisfies v.GenericSchema<Refusal | ToldRefusal>;
