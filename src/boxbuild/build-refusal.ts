/** Why a build was not begun. */
export type BuildRefusal =
  | { readonly kind: 'not trusted' }
  | { readonly kind: 'no BOXBUILD'; readonly path: string }
  | { readonly kind: 'no mkbox'; readonly searched: readonly string[] }
  | { readonly kind: 'building already'; readonly image: string }
  /** A branch or a version that can't be part of an image's name. */
  | { readonly kind: 'bad name'; readonly part: string };
