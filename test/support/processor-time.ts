/**
 * Returns the processor time that `work` takes in this process, in milliseconds. It includes other threads, such as the garbage
 * collector, but not the waits for other programs.
 */
export async function measureProcessorTimeMs(work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
