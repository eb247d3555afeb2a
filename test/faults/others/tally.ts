/** Counts responses by status; `cut` counts requests without a response. */
export class Tally {
  readonly counts: Record<string, number> = {}

  add(outcome: string | number): void {
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1
  }
}
