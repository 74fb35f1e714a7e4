import { assignmentText } from '../../boards/assignment-text.ts';
import type { Board, GivenBuild } from '../../boards/board.ts';
import { findingText } from '../../checks/finding-text.ts';
import { shortBuildId } from '../../images/build-id.ts';
import { faultText } from '../../images/set-fault-text.ts';
import { boardStateText, type SeenBoard } from './board-words.ts';
import type { Detail } from './detail.ts';
import type { Check } from './image-health.ts';
import { IN_THE_EDITOR } from './remedies.ts';
import { clientText, type Words } from './words.ts';

/** All there is to tell of a board. `check`: what is known of the image that it gets next. */
export function boardDetails(seen: SeenBoard, check: Check | undefined, words: Words, locale: string): Detail[] {
  const { board } = seen;
  const time = (ms: number) => new Date(ms).toLocaleString(locale);
  const { kind, sinceMs } = board.state;
  const state = boardStateText(seen, words, locale);
  const since = kind === 'silent' ? state : words.t('{0}, since {1}', state, time(sinceMs));
  return [
    { label: words.t('State'), value: since, icon: 'pulse' },
    ...assignmentDetails(seen, time, words),
    { label: words.t('Runs'), value: runsText(board, words), icon: 'tag' },
    { label: words.t('Gets next'), value: nextText(seen, check, words), icon: 'arrow-right' },
    ...board.history.map((given) => givenDetail(given, words, time)),
    { label: words.t('Asks for'), value: askedParts(board), icon: 'question' },
    ...(board.tags === undefined ? [] : [{ label: words.t('Tags'), value: board.tags.join(', '), icon: 'bookmark' }]),
    { label: words.t('Address'), value: clientText(board.address), icon: 'globe' },
    ...(board.mac === undefined ? [] : [{ label: words.t('MAC address'), value: board.mac, icon: 'circuit-board' }]),
    { label: words.t('First seen'), value: time(board.firstSeenMs), icon: 'calendar' },
    { label: words.t('Last seen'), value: time(board.lastSeenMs), icon: 'clock' },
  ];
}

/** What was decided about it; nothing where it gets what it asks for. */
function assignmentDetails({ assignment }: SeenBoard, time: Time, words: Words): Detail[] {
  const value = assignmentText(assignment, time, words);
  if (value === undefined) return [];
  switch (assignment.kind) {
    case 'held':
      return [{ label: words.t('Held'), value, icon: 'debug-pause' }];
    case 'nothing':
      return [{ label: words.t('Stopped'), value, icon: 'circle-slash' }];
    default:
      return [{ label: words.t('Assigned'), value, icon: 'pinned' }];
  }
}

function runsText({ reportedBuild }: Board, words: Words): string {
  return reportedBuild ?? words.t('not reported');
}

function askedParts({ wish: { box, board, branch, version, image } }: Board): string {
  return [box, image, board, branch, version].filter((part) => part !== undefined).join(' ');
}

/** What the board gets when it asks for the same again, and whether that is something new to it. */
function nextText({ board, next }: SeenBoard, check: Check | undefined, words: Words): string {
  if (next === undefined) return words.t('nothing: there is no such image');
  const { image, build, isOther } = next;
  if (image.state.kind === 'incomplete') {
    return words.t('nothing: {0} is incomplete: {1}', image.image, faultText(image.state.fault, words));
  }
  const [finding] = check?.findings ?? [];
  if (finding !== undefined) {
    return words.t(
      'nothing: {0} is not sent: {1}',
      image.image,
      findingText(image.image, finding, words, IN_THE_EDITOR),
    );
  }
  const what = words.t('build {0} of {1}', shortBuildId(build ?? ''), image.image);
  if (board.reportedBuild === undefined) return what;
  if (!isOther) return words.t('{0}: its current build', what);
  return board.isHeld
    ? words.t('nothing while it is held; then {0}', what)
    : words.t('{0}: differs from its current build', what);
}

function givenDetail({ build, image, givenAtMs, confirmedAtMs, times }: GivenBuild, words: Words, time: Time): Detail {
  const [, name = image] = image.split('/');
  const given =
    times === 1
      ? words.t('{0}, given {1}', name, time(givenAtMs))
      : words.t('{0}, given {1} times, last {2}', name, times, time(givenAtMs));
  const outcome =
    confirmedAtMs === undefined ? words.t('not confirmed') : words.t('confirmed {0}', time(confirmedAtMs));
  const icon = confirmedAtMs === undefined ? 'circle-outline' : 'pass';
  return { label: words.t('Build {0}', shortBuildId(build)), value: `${given}, ${outcome}`, icon };
}

type Time = (ms: number) => string;
