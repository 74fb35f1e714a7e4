import * as v from 'valibot';
import { MOST_KEPT_TEXT } from '../boards/limits.ts';

/** A name, a reason: what people type. */
const text = v.pipe(v.string(), v.maxLength(MOST_KEPT_TEXT, `more than ${MOST_KEPT_TEXT} characters`));
const names = v.pipe(v.array(text), v.minLength(1), v.maxLength(10_000));
const why = v.exactOptional(text);

/** What someone wants done, as the control socket takes it. Boards go by what `findBoards` knows. */
const orderSchema = v.variant('act', [
  v.strictObject({ act: v.picklist(['hold', 'release', 'unpin']), boards: names, why }),
  v.strictObject({ act: v.literal('forget'), boards: names }),
  /** `to`: an image, or the beginning of a build ID. */
  v.strictObject({ act: v.literal('pin'), boards: names, to: text, why }),
  /** `image`: whatever they ask for; without it, what they ask for. */
  v.strictObject({ act: v.literal('serve-once'), boards: names, image: v.exactOptional(text), why }),
  v.strictObject({ act: v.literal('tag'), boards: names, add: v.array(text), remove: v.array(text) }),
  /** `fault`: as `--fault` has it, without an address. One for another board ends. */
  v.strictObject({ act: v.literal('fault'), board: text, fault: text }),
  v.strictObject({ act: v.literal('fault-off') }),
  /** Without a name, the board goes by its address again. */
  v.strictObject({ act: v.literal('rename'), board: text, name: v.exactOptional(text) }),
  /** `build`: the beginning of the ID of a kept build, or `newest`. */
  v.strictObject({ act: v.literal('serve-build'), image: text, build: text, why }),
  /** Another process published a build: to be recorded. */
  v.strictObject({ act: v.literal('published'), image: text, build: text }),
  /**
   * `build`: the beginning of the ID of the one that is meant, where another one may be there by now. `stages`: as ROLLOUT has
   * them; without it, those of the server.
   */
  v.strictObject({
    act: v.literal('roll-out'),
    image: text,
    build: v.exactOptional(text),
    step: v.literal('start'),
    stages: v.exactOptional(v.array(text)),
    why,
  }),
  v.strictObject({
    act: v.literal('roll-out'),
    image: text,
    build: v.exactOptional(text),
    step: v.picklist(['continue', 'halt', 'back', 'finish']),
    why,
  }),
]);

export type Order = Readonly<v.InferOutput<typeof orderSchema>>;

/** An order, and who says that they give it: the socket's permissions are the proof. */
export const requestSchema = v.strictObject({ by: text, order: orderSchema });
