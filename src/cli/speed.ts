/** Returns a text with the number of revisions that a command has read, how long this took, and the revisions per second. */
export function describeSpeed(revisions: number, durationMs: number): string {
  const perSecond = Math.round(revisions / (Math.max(durationMs, 1) / 1000))
  return `${revisions} revisions in ${(durationMs / 1000).toFixed(1)} s (${perSecond} per second)`
}
