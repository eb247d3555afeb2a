import type { Freshness } from '../replicas/freshness.ts'
import type { Position } from '../replicas/position.ts'

/**
 * Whose work something is: names from the largest group to the client, such as `['anonymous', 'address 203.0.113.7']`.
 * Shares are equal among the groups of each level.
 */
export type Owner = readonly string[]

/** Returns the owner as one text, for comparisons. */
export const ownerKey = (owner: Owner): string => owner.join('\n')

/** Work for somebody. */
export interface Work {
  readonly owner: Owner
  /**
   * Returns a signal that aborts when nobody waits for the result any more. It is called only for statements that wait or
   * take long. Left out for work that is always completed, such as a change.
   */
  readonly getSignal?: () => AbortSignal
  /** Receives the text of each statement that is read for it. */
  readonly onRead?: (text: string) => void
  /** How old its reads may be. Left out where they run on the primary alone. */
  readonly freshness?: Freshness | undefined
  /** Receives the position of each of its commits. Left out where nobody needs it, since it takes time to find out. */
  readonly onCommit?: ((position: Position) => void) | undefined
}
