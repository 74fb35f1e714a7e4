import { hash } from 'node:crypto';

/** What boards ask for, and for which kind of board it is. */
export interface WantedImage {
  readonly id: string;
  readonly box: string;
  readonly type: string;
}

export const IMAGES: readonly [WantedImage, ...WantedImage[]] = [
  { id: 'box/box-pi', box: 'box', type: 'pi' },
  { id: 'box/box-c4', box: 'box', type: 'c4' },
  { id: 'other/other-pi', box: 'other', type: 'pi' },
];

/** The one that most happens to, and another one for the same kind of board. */
export const MAIN = 'box/box-pi';
export const OTHER = 'other/other-pi';

/** A board as it is in truth. */
export interface RealBoard {
  readonly address: string;
  readonly type: string;
  /** The box that it asks for. */
  box: string;
  runs: string;
  /** What it was sent last, and whether it came to run that; and the same before it asked last. */
  last?: Flash | undefined;
  before?: Flash | undefined;
}

export interface Flash {
  readonly build: string;
  readonly fails: boolean;
}

/** What people ordered of a board, and is in force. */
export interface Ordered {
  isHeld: boolean;
  pin?: { readonly image: string; readonly build: string | undefined };
  once?: { readonly image: string | undefined };
  isCanary: boolean;
}

/** What was done to a server so far, by its own account of nothing. */
export class Truth {
  readonly boards: RealBoard[] = [];
  /** By the IDs of boards. */
  readonly ordered = new Map<string, Ordered>();
  /** The newest builds, by images. */
  readonly newest = new Map<string, string>();
  /** The builds that are served in place of them. */
  readonly choices = new Map<string, string>();
  /** How many builds there were of an image. */
  readonly counts = new Map<string, number>();

  of(id: string): Ordered {
    const known = this.ordered.get(id);
    if (known !== undefined) return known;
    const fresh = { isHeld: false, isCanary: false };
    this.ordered.set(id, fresh);
    return fresh;
  }

  /** The image that a board asks for. */
  wantedBy({ box, type }: RealBoard): string {
    return IMAGES.find((image) => image.box === box && image.type === type)?.id ?? '';
  }

  /** The build that boards get of an image, but for a roll-out. */
  served(image: string): string {
    return this.choices.get(image) ?? this.newest.get(image) ?? '';
  }
}

/** The build of that number of an image. */
export function buildOf(image: string, number: number): string {
  return hash('sha256', `${image} ${number}`);
}

export function short(build: string | undefined): string {
  return build?.slice(0, 7) ?? '';
}
