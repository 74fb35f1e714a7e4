import path from 'node:path';
import { type Recipe, readRecipe } from '../../boxbuild/recipe.ts';
import type { CatalogBox } from '../../images/catalog.ts';
import { EDITOR_FILES } from './editor-files.ts';

/** A box with its BOXBUILD. */
export interface BoxRecipe extends Recipe {
  readonly box: CatalogBox;
  readonly boxbuild: string;
}

/** What the boxes' BOXBUILDs make, as of the last look. */
export class Recipes {
  #byFolder: ReadonlyMap<string, BoxRecipe> = new Map();
  /** The looks that were begun, and which of them is the last one that counts. */
  #begun = 0;
  #shown = 0;

  get all(): readonly BoxRecipe[] {
    return [...this.#byFolder.values()];
  }

  /** That of the box in a folder; undefined where there is none. */
  in(folder: string): BoxRecipe | undefined {
    return this.#byFolder.get(folder);
  }

  /** Reads the BOXBUILDs of `boxes`, and answers whether that came to something else than before. */
  async read(boxes: readonly CatalogBox[]): Promise<boolean> {
    const turn = ++this.#begun;
    const found = await Promise.all(boxes.map(recipeIn));
    if (turn < this.#shown) return false; // a later look was done first
    this.#shown = turn;
    const before = JSON.stringify(this.all);
    this.#byFolder = new Map(
      found.filter((recipe) => recipe !== undefined).map((recipe) => [recipe.box.path, recipe] as const),
    );
    return JSON.stringify(this.all) !== before;
  }
}

/** What the BOXBUILD in a box's folder makes. */
export async function recipeIn(box: CatalogBox): Promise<BoxRecipe | undefined> {
  const boxbuild = path.join(box.path, 'BOXBUILD');
  const text = await EDITOR_FILES.read(boxbuild);
  const recipe = text === undefined ? undefined : await readRecipe(boxbuild, text, EDITOR_FILES);
  return recipe && { ...recipe, box, boxbuild };
}
