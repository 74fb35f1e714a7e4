import { contentsText, findingText, gapText } from '../checks/finding-text.ts';
import { shortBuildId } from '../images/build-id.ts';
import { faultText } from '../images/set-fault-text.ts';
import { ENGLISH, type Words } from '../words.ts';
import { aftermath, type TrialEnd, type TrialFailure, type TrialStep } from './trial.ts';

/** How sizes are said: `41.2 MB`. */
export type BytesText = (bytes: number) => string;

/** What was done in a step, without its time. */
export function stepText(step: TrialStep, bytesText: BytesText, words: Words = ENGLISH): string {
  switch (step.kind) {
    case 'asked':
      return words.t('asked for {0}', step.url);
    case 'answered':
      return step.bytes === undefined
        ? words.t('answer {0}', step.status)
        : words.t('answer {0}, {1}', step.status, bytesText(step.bytes));
    case 'downloaded':
      return words.t('downloaded {0}', bytesText(step.bytes));
    case 'checksum right':
      return words.t('{0} matches its .img.sha256', `${step.image}.img.zst`);
    case 'decompressed':
      return words.t('decompressed to {0}', bytesText(step.rawBytes));
    case 'raw digest right':
      return words.t('the raw image matches its .img.sha256');
    case 'looked inside':
      return words.t('inside: box {0}, board {1}, build {2}', step.box, step.board, shortBuildId(step.build));
    case 'unknown':
      return words.t('not checked: {0}', gapText(step.gap, words));
    case 'asked again':
      return words.t('asked again with build {0}: answer {1}', shortBuildId(step.build), step.status);
  }
}

/** What a board would do now. */
export function endText(end: TrialEnd, words: Words = ENGLISH): string {
  switch (end.kind) {
    case 'flash':
      return end.build === undefined
        ? words.t('A board would now flash this image')
        : words.t('A board would now run build {0}', shortBuildId(end.build));
    case 'up to date':
      return words.t('A board would boot on: the server says that it is up to date');
    case 'failure':
      return failedText(end.failure, words);
  }
}

function failedText(failure: TrialFailure, words: Words): string {
  const why = failureText(failure, words);
  switch (aftermath(failure)) {
    case 'untouched':
      return words.t('A board would boot on with what it has: {0}', why);
    case 'broken':
      return words.t("A board would flash an image that it can't use: {0}", why);
    case 'reflashing':
      return words.t('A board would flash the same image at every boot: {0}', why);
  }
}

function failureText(failure: TrialFailure, words: Words): string {
  switch (failure.kind) {
    case 'refused':
      return failure.text === ''
        ? words.t('the server answered {0}', failure.status)
        : words.t('the server answered {0}: {1}', failure.status, failure.text);
    case 'cut off':
      return failure.total === undefined
        ? words.t('the connection was cut off at byte {0}', failure.bytes)
        : words.t('the connection was cut off at byte {0} of {1}', failure.bytes, failure.total);
    case 'silent':
      return words.t(
        'after byte {0}, the server sent nothing for {1} s; a board waits for ever',
        failure.bytes,
        failure.seconds,
      );
    case 'not a tar':
      return words.t('the answer is not a tar archive');
    case 'member missing':
      return words.t('there is no {0} in the tar archive', failure.suffix);
    case 'checksums': {
      const file = `${failure.image}.img.sha256`;
      return faultText({ file, problem: 'no checksum', checksums: failure.fault }, words);
    }
    case 'finding':
      return badImageText(failure, words);
    case 'flashes for ever':
      return words.t('the server sends an image to a board that reports build {0}, too', shortBuildId(failure.build));
  }
}

function badImageText({ image, finding }: Extract<TrialFailure, { kind: 'finding' }>, words: Words): string {
  if (finding.kind === 'digest') {
    return words.t(
      "{0} doesn't match its .img.sha256: it was changed on its way, or lies wrong on the server",
      `${image}.img.zst`,
    );
  }
  if (finding.kind === 'contents' && finding.fault !== 'no partition table') return contentsText(finding.fault, words);
  return findingText(image, finding, words);
}
