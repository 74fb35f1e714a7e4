import type { BoardUpdate, StopReason, UpdateEnd } from '../../boards/board-update.ts';
import { brokenOffText, refusedText } from '../../boards/state-text.ts';
import { shortBuildId } from '../../images/build-id.ts';
import { printable } from '../../printable.ts';
import { resultText } from '../../server/transfer-line.ts';
import type { CommandFault } from '../restart/command-line.ts';
import type { RestartFailure } from '../restart/run-command.ts';
import { alreadyRunsText, boardStateText, runsBuildText, type SeenBoard } from './board-words.ts';
import { IN_THE_EDITOR } from './remedies.ts';
import { ageText, bytesText, durationText, type Words } from './words.ts';

/** How a board is restarted for its update: by the command that is set, by hand, or not at all, as it is under way. */
export type RestartKind = 'command' | 'by hand' | 'none';

/** How far an update is, as one clause. `nowMs` is milliseconds since 1970. */
export function updateStepText(
  { step }: BoardUpdate,
  seen: Pick<SeenBoard, 'board' | 'transfer'>,
  restart: RestartKind,
  nowMs: number,
  words: Words,
  locale: string,
): string {
  switch (step.kind) {
    case 'awaited':
      return restart === 'by hand'
        ? words.t('power-cycle it now: waiting for it to ask for its update')
        : words.t('restarting: waiting for it to ask for its update');
    case 'checking':
    case 'queued':
    case 'downloading':
      return boardStateText(seen, words, locale);
    case 'flashing': {
      if (step.dueMs === undefined) return words.t('flashing; how long that takes is not known yet');
      const leftMs = step.dueMs - nowMs;
      return leftMs > 0
        ? words.t('flashing, about {0} left', durationText(Math.ceil(leftMs / 1000) * 1000, locale))
        : words.t('flashing, should be back any moment');
    }
    case 'overdue': {
      const overdue = durationText(Math.max(1, Math.floor((nowMs - step.sinceMs) / 1000)) * 1000, locale);
      return words.t('overdue for {0}: its console may say why, and it may still come back', overdue);
    }
  }
}

/** How an update ended, as a message. `name` is the board's; `said` is what the command that restarted it printed last. */
export function updateEndText(
  end: UpdateEnd,
  name: string,
  image: string,
  said: string,
  nowMs: number,
  words: Words,
  locale: string,
): string {
  switch (end.kind) {
    case 'confirmed':
      return runsBuildText(name, end.build, image, words);
    case 'up to date':
      return alreadyRunsText(name, end.build, image, words);
    case 'stopped': {
      const where = stepWords(end.step, words);
      const why = reasonText(end.why, words, locale);
      const heard = words.t('Last seen: {0}.', ageText(end.heardMs, nowMs, locale));
      const restart =
        end.why.kind === 'did not ask' && said !== '' ? [words.t('Its restart ended with: {0}', said)] : [];
      return [sentence(words.t('mkbox: the update of {0} stopped {1}: {2}', name, where, why)), heard, ...restart].join(
        ' ',
      );
    }
  }
}

/** `text` with a full stop, unless it ends a sentence itself. */
function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** Where an update stopped. */
function stepWords(step: BoardUpdate['step']['kind'], words: Words): string {
  switch (step) {
    case 'awaited':
      return words.t('before the board asked');
    case 'checking':
      return words.t('when the board asked');
    case 'queued':
      return words.t('in the queue');
    case 'downloading':
      return words.t('during the download');
    case 'flashing':
    case 'overdue':
      return words.t('after the download');
  }
}

function reasonText(why: StopReason, words: Words, locale: string): string {
  switch (why.kind) {
    case 'refused':
      return refusedText(why, words, IN_THE_EDITOR);
    case 'broken off':
      return brokenOffText(
        { ...why, sinceMs: 0 },
        bytesText(why.atByte, locale),
        bytesText(why.ofBytes, locale),
        words,
      );
    case 'other build':
      return words.t(
        'it got build {0} and came back with {1}; does it boot from the storage that it writes to, and is that intact?',
        shortBuildId(why.build),
        printable(shortBuildId(why.reported)),
      );
    case 'held':
      return words.t('it is on hold');
    case 'withheld':
      return resultText(why.why, words);
    case 'not served':
      return words.t('images are no longer served');
    case 'did not ask':
      return words.t(
        'it did not ask within {0}; did it restart, and does it ask this machine?',
        durationText(why.withinMs, locale),
      );
    case 'silent':
      return words.t('it got the image and has not asked since; its console may say why');
    case 'forgotten':
      return words.t('it was removed from the boards');
  }
}

/** Why a board was not restarted, as one clause. */
export function restartFailureText(outcome: RestartFailure, program: string, words: Words): string {
  switch (outcome.kind) {
    case 'failed':
      return withSaid(words.t('{0} ended with status {1}', program, outcome.status), outcome.said);
    case 'killed':
      return withSaid(words.t('{0} was ended by {1}', program, outcome.signal), outcome.said);
    case 'not started':
      return outcome.code === 'ENOENT'
        ? words.t('there is no program {0}', program)
        : words.t('{0} cannot be started ({1})', program, outcome.code);
  }
}

function withSaid(text: string, said: string): string {
  return said === '' ? text : `${text}: ${said}`;
}

/** Why the command that restarts boards can't be run for a board, as one clause. */
export function commandFaultText(fault: CommandFault, words: Words): string {
  switch (fault.kind) {
    case 'nothing set':
      return words.t('mkbox.rebootCommand is empty');
    case 'no command':
      return words.t('mkbox.rebootCommand is neither a line nor a list of arguments');
    case 'open quote':
      return words.t('mkbox.rebootCommand has a quote ({0}) that is not closed', fault.quote);
    case 'unknown variable':
      return words.t(
        'mkbox.rebootCommand has the unknown variable {0}; there are {1}',
        variable(fault.variable),
        ['address', 'name', 'mac'].map(variable).join(', '),
      );
    case 'no value':
      return fault.variable === 'name'
        ? words.t('mkbox.rebootCommand asks for {0}, and the board has no name: give it one', variable('name'))
        : words.t('mkbox.rebootCommand asks for {0}, which is not known of this board', variable(fault.variable));
    case 'no address':
      return words.t('{0} is not an IP address', printable(fault.address));
    case 'variable as program':
      return words.t('mkbox.rebootCommand begins with a variable: the program must be named');
    case 'option':
      return words.t('the argument {0} of mkbox.rebootCommand would be taken for an option', printable(fault.argument));
  }
}

function variable(name: string): string {
  return `\${${printable(name)}}`;
}
