/** Counts requests by outcome: a status, or a word such as `started`, or `disconnected` for those without a response. */
export class ResponseCounter {
  readonly counts: Record<string, number> = {}

  add(outcome: string | number): void {
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1
  }
}
