/** The packages of a BOXBUILD's arrays, as far as conditions that only bash can tell leave them certain. */
import path from 'node:path';
import type { Step } from './chain.ts';
import type { Assignment, Script } from './script-parts.ts';
import { expand, type Word } from './words.ts';

/** An assignment to an array of packages. */
export interface PackageAssignment extends Assignment {
  readonly value: readonly Word[];
  /** Whether it may be skipped. */
  readonly isConditional: boolean;
}

/** What a script assigns to an array of packages outside of functions, in its order. */
export function packageAssignments({ commands }: Script, directive: string): PackageAssignment[] {
  return commands.flatMap(({ assignments, within, isConditional }) =>
    assignments.flatMap((assignment) => {
      const { name, value } = assignment;
      return within !== undefined || name !== directive || 'parts' in value
        ? []
        : [{ ...assignment, value, isConditional }];
    }),
  );
}

/** The packages that are in an array whatever runs, as one assignment after another is read. */
export class CertainPackages {
  #folders = new Map<string, string>();

  /** The folder of the BOXBUILD that names a package first; undefined if it may not be in the array. */
  folderOf(name: string): string | undefined {
    return this.#folders.get(name);
  }

  /** Takes an assignment into account, by the BOXBUILD in `folder`. */
  assign({ value, isAppended, isConditional }: PackageAssignment, folder: string): void {
    const names = new Set(value.map((word) => expand(word)).filter((name) => name !== undefined));
    if (!isAppended) {
      const kept = [...this.#folders].filter(([name]) => isConditional && names.has(name));
      this.#folders = new Map(kept);
    }
    if (isConditional) return;
    for (const name of names) if (!this.#folders.has(name)) this.#folders.set(name, folder);
  }
}

/** The packages that steps install, whatever runs. */
export function certainPackages(steps: readonly Step[], directive: string): CertainPackages {
  const packages = new CertainPackages();
  for (const { path: file, script } of steps) {
    const folder = path.basename(path.dirname(file));
    for (const assignment of packageAssignments(script, directive)) packages.assign(assignment, folder);
  }
  return packages;
}

/** The packages that steps may install. */
export function possiblePackages(steps: readonly Step[], directive: string): string[] {
  const packages = new Set<string>();
  for (const { value, isAppended, isConditional } of steps.flatMap(({ script }) =>
    packageAssignments(script, directive),
  )) {
    if (!isAppended && !isConditional) packages.clear();
    for (const name of value.map((word) => expand(word))) if (name !== undefined) packages.add(name);
  }
  return [...packages];
}
