/**
 * Milliseconds of the processor that something takes, on all threads of this process. What else the machine does counts
 * little, however much that is.
 */
export async function processorMs(act: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
