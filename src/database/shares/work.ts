import type { Freshness } from '../replicas/freshness.ts'
import type { Position } from '../replicas/position.ts'

/**
 * The owner of work: names from the largest group to the client, such as `['anonymous', 'address 203.0.113.7']`. The share of
 * a group is divided equally among its members.
 */
export type Owner = readonly string[]

/** Returns the owner as one text, for comparisons. */
export const ownerKey = (owner: Owner): string => owner.join('\n')

/** Work that is done for an owner. */
export interface Work {
  readonly owner: Owner
  /**
   * Returns a signal that aborts when nobody waits for the result any more. Called only for statements that wait or are
   * expensive. Left out for work that is always completed, such as a change.
   */
  readonly getSignal?: () => AbortSignal
  /**
   * Calls `listener` with each further owner that waits for the same result: immediately with those that already wait, and later
   * with each that joins. The returned function stops the calls. The work waits in the queue of each of these owners, too.
   */
  readonly onFurtherOwner?: (listener: (owner: Owner) => void) => () => void
  /** Receives the text of each statement that reads for this work. */
  readonly onRead?: (text: string) => void
  /** How current the server of the reads must be. Left out if they run only on the primary. */
  readonly freshness?: Freshness | undefined
  /**
   * Receives the position of each commit; `unreachablePosition` if the outcome of the commit is unknown. Left out if not needed,
   * since reading the position takes time.
   */
  readonly onCommit?: ((position: Position) => void) | undefined
  /** Receives a position that includes all commits that a rolled-back transaction has seen. Left out if not needed. */
  readonly onRollback?: ((position: Position) => void) | undefined
}
