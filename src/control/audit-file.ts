/** The file of the log of acts, beside the one that keeps boards; none where that is not kept. */
export function auditFile(statePath: string | undefined): string | undefined {
  return statePath === undefined ? undefined : `${statePath.replace(/\.json$/, '')}.acts.jsonl`;
}
