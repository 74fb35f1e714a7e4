import type { ImageSet } from '../../images/image-set.ts';
import type { Refusal } from '../refusal.ts';
import type { Archive } from './archive.ts';
import type { ByteRange } from './range.ts';

/** Header names and values, in turn. */
export type HeaderList = readonly string[];

/** What a request is answered with: decided without a socket, written by `send` and nobody else. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Body;
}

/** Settles with the reason why an archive must not be sent to its end, or with undefined if it may. */
export type Approval = Promise<Refusal | undefined>;

/**
 * A body's bytes: none, at hand, or a range of an archive whose image content is read from `set`. Where there is an
 * `approval`, the end of the image is held back until it is given.
 */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | {
      readonly kind: 'archive';
      readonly archive: Archive;
      readonly range: ByteRange;
      readonly set: ImageSet;
      readonly approval?: Approval | undefined;
    };

/** Bytes of the answer's body, as `Content-Length` has it. */
export function bodyBytes({ body }: Answer): number {
  switch (body.kind) {
    case 'none':
      return 0;
    case 'bytes':
      return body.bytes.length;
    case 'archive':
      return body.range.end - body.range.start + 1;
  }
}

/** An answer in plain text. `headers` come besides those that every text has. */
export function textAnswer(status: number, text: string, headers: HeaderList = []): Answer {
  return smallAnswer(status, 'text/plain; charset=utf-8', text, headers);
}

/** An answer in JSON. */
export function jsonAnswer(value: object): Answer {
  return smallAnswer(200, 'application/json', JSON.stringify(value), []);
}

function smallAnswer(status: number, type: string, text: string, headers: HeaderList): Answer {
  const bytes = Buffer.from(text);
  return {
    status,
    headers: [
      'Content-Type',
      type,
      'Content-Length',
      String(bytes.length),
      'Cache-Control',
      'no-cache, no-transform',
      'X-Content-Type-Options',
      'nosniff',
      ...headers,
    ],
    body: { kind: 'bytes', bytes },
  };
}
