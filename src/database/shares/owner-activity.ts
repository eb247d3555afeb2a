/** Remembers which owner last requested a connection, and the times of this request and of the last request of another owner. */
export class OwnerActivity {
  #owner: string | undefined
  #at = -Infinity
  #otherAt = -Infinity

  /** Records a statement. @param atMs must not decrease from call to call. */
  record(owner: string, atMs: number): void {
    if (owner !== this.#owner) this.#otherAt = this.#at
    this.#owner = owner
    this.#at = atMs
  }

  /** Returns when an owner other than this one last requested a connection, in milliseconds; minus infinity if none has. */
  lastOfOthers(owner: string | undefined): number {
    return owner === this.#owner ? this.#otherAt : this.#at
  }
}
