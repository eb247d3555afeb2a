/** Says how many revisions a command has read, and how fast. */
export function describeSpeed(revisions: number, durationMs: number): string {
  const perSecond = Math.round(revisions / (Math.max(durationMs, 1) / 1000))
  return `${revisions} revisions in ${(durationMs / 1000).toFixed(1)} s (${perSecond} a second)`
}
