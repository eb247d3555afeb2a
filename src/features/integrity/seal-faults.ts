import type pg from 'pg'
import { parseFeedPosition } from '../changes/contract.ts'
import { toOffset } from '../changes/feed.ts'
import { FeedHash } from './feed-hash.ts'
import type { IntegrityFault } from './revision-faults.ts'
import type { Seal } from './seal.ts'

/** A seal with the name of its file. */
export interface NamedSeal {
  name: string
  seal: Seal
}

/** Adds the parsed position to a seal. @throws Error if the position is invalid. */
function withPosition({ name, seal }: NamedSeal) {
  const position = parseFeedPosition(seal.position)
  if (!position) throw new Error(`${name} has no valid position: ${seal.position}`)
  return { name, seal, position }
}

function explainMismatch(seal: Seal, count: number, lastMatch: string | undefined): string {
  const where = lastMatch === undefined ? 'before this seal' : `between the seal "${lastMatch}" and this seal`
  if (count === seal.count) return `the feed does not match: a revision ${where} was changed or replaced`
  const what = count < seal.count ? 'revisions are missing' : 'revisions were inserted'
  return `the feed does not match: ${what} ${where}, which counts ${seal.count} revisions; there are ${count}`
}

/**
 * Yields a fault for each seal that the feed does not match, in one pass over the hashes of the feed. The first fault gives
 * the place of the change: between the last seal that matches and the seal of the fault.
 * @throws Error for a seal without a valid position.
 */
export async function* findSealFaults(
  client: pg.ClientBase,
  seals: NamedSeal[],
): AsyncGenerator<IntegrityFault> {
  const feed = new FeedHash(client)
  let lastMatch: string | undefined
  // The hash of the feed can only advance.
  const ordered = seals
    .map(withPosition)
    .sort((one, other) => Number(toOffset(one.position) - toOffset(other.position)))
  for (const { name, seal, position } of ordered) {
    const { count, hash } = await feed.advance(position)
    if (hash === seal.hash && count === seal.count) lastMatch = name
    else yield { subject: name, message: explainMismatch(seal, count, lastMatch) }
  }
}
