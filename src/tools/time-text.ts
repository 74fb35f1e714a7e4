/** A time, milliseconds since 1970, as ISO 8601 has it, in UTC to the second. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
