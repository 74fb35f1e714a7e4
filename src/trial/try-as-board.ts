import { insideOf } from '../checks/examination.ts';
import { judge } from '../checks/judgement.ts';
import { parseChecksums } from '../images/checksums.ts';
import { type Asked, ask, type CUT_OFF, SILENT, withoutUser } from './ask.ts';
import { type Received, receive } from './received.ts';
import { TarError, TarReader } from './tar-reader.ts';
import type { TrialDeed, TrialEnd, TrialFailure, TrialStep } from './trial.ts';
import { withBuild } from './trial-target.ts';

/** A board waits for ever. A person takes a server that is silent for so long for one that hangs. */
const SILENCE_MS = 60_000;

/** Bytes of a refusal that are shown. */
const MOST_TEXT_BYTES = 1000;

/** What is tried, and who follows it. */
export interface TrialOptions {
  /** As a board's `update_server_http` has it. */
  readonly server: string;
  /** Path and query of the request; see `readTarget`. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Called with each step when it is done. */
  readonly onStep?: (step: TrialStep) => void;
  /** Called with the bytes of the tar so far, and in all where that is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  /** Milliseconds without a byte after which the trial ends. */
  readonly silenceMs?: number;
}

/**
 * Does what a board does when it boots, up to where it would write to its disk: asks, reads the tar, checks, decompresses
 * and looks into the image; and, as the board that runs it will, asks again. Nothing is written anywhere.
 * @throws UserError when the server can't be asked; the signal's reason when it is aborted.
 */
export async function tryAsBoard(options: TrialOptions): Promise<TrialEnd> {
  return new Trial(options).run();
}

class Trial {
  readonly #options: TrialOptions;
  readonly #startedAt = performance.now();

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  async run(): Promise<TrialEnd> {
    const path = withBuild(this.#options.path);
    this.#tell({ kind: 'asked', url: `${withoutUser(this.#options.server)}${path}` });
    const answer = await this.#ask(path);
    if (typeof answer === 'string') return failed(unanswered(answer, this.#silenceMs));
    this.#tell({ kind: 'answered', status: answer.status, bytes: answer.bytes });
    if (answer.status !== 200) return failed(await refusalIn(answer));
    const received = await this.#download(answer);
    if ('kind' in received) return failed(received);
    return received.members === 0 ? { kind: 'up to date' } : this.#check(received);
  }

  get #silenceMs(): number {
    return this.#options.silenceMs ?? SILENCE_MS;
  }

  #ask(path: string): Promise<Asked | typeof SILENT | typeof CUT_OFF> {
    const { server, signal } = this.#options;
    return ask(server, path, { signal, silenceMs: this.#silenceMs });
  }

  async #download(answer: Asked): Promise<Received | TrialFailure> {
    const { signal, onProgress } = this.#options;
    let bytes = 0;
    const body = counted(answer.body, (length) => {
      bytes += length;
      onProgress?.(bytes, answer.bytes);
    });
    try {
      const received = await receive(body, signal);
      if (answer.end() !== 'whole') return lost(answer, bytes, this.#silenceMs);
      this.#tell({ kind: 'downloaded', bytes });
      return received;
    } catch (error) {
      signal.throwIfAborted();
      if (answer.end() !== 'whole' && !(error instanceof TarError && error.problem === 'not a tar')) {
        return lost(answer, bytes, this.#silenceMs);
      }
      if (!(error instanceof TarError)) throw error;
      return { kind: 'not a tar' };
    } finally {
      answer.close();
    }
  }

  async #check({ image, checksums: text }: Received): Promise<TrialEnd> {
    if (text === undefined) return failed({ kind: 'member missing', suffix: '.img.sha256' });
    if (image === undefined) return failed({ kind: 'member missing', suffix: '.img.zst' });
    const { name, examination } = image;
    const checksums = parseChecksums(text, name);
    if ('kind' in checksums) return failed({ kind: 'checksums', image: name, fault: checksums });
    const { content } = examination;
    const conf = insideOf(examination)?.boardConf;
    // the tar does not tell the build; whether it is the one that is offered, the second question shows
    const { findings, gaps } = judge({ image: name, buildId: conf?.buildId ?? '', checksums }, examination);
    const found = (...kinds: string[]) => findings.find(({ kind }) => kinds.includes(kind));
    const [digest, damage, raw, other] = [found('digest'), found('damaged'), found('raw digest'), findings[0]];
    if (digest !== undefined) return failed({ kind: 'finding', image: name, finding: digest });
    this.#tell({ kind: 'checksum right', image: name });
    if (damage !== undefined) return failed({ kind: 'finding', image: name, finding: damage });
    if (content.kind === 'sound') this.#tell({ kind: 'decompressed', rawBytes: content.rawBytes });
    if (raw !== undefined) return failed({ kind: 'finding', image: name, finding: raw });
    if (checksums.raw !== undefined) this.#tell({ kind: 'raw digest right' });
    for (const gap of gaps) this.#tell({ kind: 'unknown', gap });
    if (other !== undefined) return failed({ kind: 'finding', image: name, finding: other });
    const { box = '', board = '', buildId: build } = conf ?? {};
    if (build === undefined) return { kind: 'flash', box, board, build };
    this.#tell({ kind: 'looked inside', box, board, build });
    return this.#askAgain({ kind: 'flash', box, board, build });
  }

  /** A board that flashed the image asks with that build: a server that sends it once more sends it for ever. */
  async #askAgain(end: Extract<TrialEnd, { kind: 'flash' }>): Promise<TrialEnd> {
    const { build = '' } = end;
    const answer = await this.#ask(withBuild(this.#options.path, build));
    if (typeof answer === 'string') return failed(unanswered(answer, this.#silenceMs));
    try {
      this.#tell({ kind: 'asked again', build, status: answer.status });
      const isSame = answer.status === 200 && (await this.#hasMembers(answer));
      return isSame ? failed({ kind: 'flashes for ever', build }) : end;
    } finally {
      answer.close();
    }
  }

  /** Whether a tar has something in it; what it has is not read. */
  async #hasMembers({ body }: Asked): Promise<boolean> {
    try {
      return (await new TarReader(body).next()) !== undefined;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (error instanceof TarError) return false;
      throw error;
    }
  }

  #tell(deed: TrialDeed): void {
    this.#options.onStep?.({ ...deed, atMs: Math.round(performance.now() - this.#startedAt) });
  }
}

function failed(failure: TrialFailure): TrialEnd {
  return { kind: 'failure', failure };
}

function unanswered(answer: typeof SILENT | typeof CUT_OFF, silenceMs: number): TrialFailure {
  if (answer === SILENT) return { kind: 'silent', seconds: silenceMs / 1000, bytes: 0 };
  return { kind: 'cut off', bytes: 0, total: undefined };
}

function lost({ bytes: total, end }: Asked, bytes: number, silenceMs: number): TrialFailure {
  if (end() === 'silent') return { kind: 'silent', seconds: silenceMs / 1000, bytes };
  return { kind: 'cut off', bytes, total };
}

async function* counted(body: AsyncIterable<Buffer>, onBytes: (length: number) => void): AsyncGenerator<Buffer> {
  for await (const piece of body) {
    onBytes(piece.length);
    yield piece;
  }
}

/** What a refusal says of itself, in its first line. */
async function refusalIn({ status, body, close }: Asked): Promise<TrialFailure> {
  let text = '';
  try {
    for await (const piece of body) {
      text += piece.toString('utf8');
      if (text.length >= MOST_TEXT_BYTES) break;
    }
  } catch {
    // the status says enough, whatever became of the text
  }
  close();
  return { kind: 'refused', status, text: text.slice(0, MOST_TEXT_BYTES).trim().split('\n')[0] ?? '' };
}
