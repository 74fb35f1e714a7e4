/** Does what a process does that was started with that umask, and what it starts. */
export async function underMask<T>(mask: number, act: () => Promise<T>): Promise<T> {
  const before = process.umask(mask);
  try {
    return await act();
  } finally {
    process.umask(before);
  }
}
