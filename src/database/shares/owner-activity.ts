/** Remembers which owner last requested a connection, and the times of this request and of the last request of another owner. */
export class OwnerActivity {
  #owner: string | undefined
  #lastMs = -Infinity
  #lastOfOtherMs = -Infinity

  /** Records a request for a connection. @param timeMs must not decrease from call to call. */
  record(owner: string, timeMs: number): void {
    if (owner !== this.#owner) this.#lastOfOtherMs = this.#lastMs
    this.#owner = owner
    this.#lastMs = timeMs
  }

  /** Returns when an owner other than this one last requested a connection, in milliseconds; minus infinity if none has. */
  lastOfOthers(owner: string | undefined): number {
    return owner === this.#owner ? this.#lastOfOtherMs : this.#lastMs
  }
}
