/** Prints; answers whether that could be done. Why not is told for all subcommands, and after `| head` there is nothing to tell. */
export function print(what: string | Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(what, (error) => resolve(!error));
  });
}
