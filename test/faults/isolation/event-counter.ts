/**
 * Counts the events of an attacker's requests and connections: the status of a response, or a word such as `started`, or
 * `disconnected` for a request without a response.
 */
export class EventCounter {
  readonly counts: Record<string, number> = {}

  add(event: string | number): void {
    this.counts[event] = (this.counts[event] ?? 0) + 1
  }
}
