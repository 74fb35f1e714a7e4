/** Prints, and answers whether that worked. If not, the reason is reported elsewhere, or there is none to report: `| head`. */
export function print(what: string | Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(what, (error) => resolve(!error));
  });
}
