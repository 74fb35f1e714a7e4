/** A fact about an image or a board: a row below it. */
export interface Detail {
  readonly label: string;
  /** In full, as it is copied. */
  readonly value: string;
  /** A codicon's name. */
  readonly icon: string;
}
