/** Counts responses by status; `disconnected` counts requests without a response. */
export class ResponseCounter {
  readonly counts: Record<string, number> = {}

  add(outcome: string | number): void {
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1
  }
}
