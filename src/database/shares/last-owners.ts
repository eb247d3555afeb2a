/** Remembers when owners last sent statements: the last owner, and the last one before that was another. */
export class LastOwners {
  #owner: string | undefined
  #at = -Infinity
  #otherAt = -Infinity

  /** Notes a statement. @param atMs never goes back. */
  note(owner: string, atMs: number): void {
    if (owner !== this.#owner) this.#otherAt = this.#at
    this.#owner = owner
    this.#at = atMs
  }

  /** When another owner than this one last sent a statement, in milliseconds; minus infinity if none has. */
  lastOfOthers(owner: string | undefined): number {
    return owner === this.#owner ? this.#otherAt : this.#at
  }
}
