import type pg from 'pg'
import { positionIn } from '../changes/contract.ts'
import { FeedHash } from './feed-hash.ts'
import type { IntegrityFault } from './revision-faults.ts'
import type { Seal } from './seal.ts'

/** A seal, and the name of its file. */
export interface NamedSeal {
  name: string
  seal: Seal
}

/** A seal with its position as numbers. */
function located({ name, seal }: NamedSeal) {
  const position = positionIn(seal.position)
  if (!position) throw new Error(`${name} has no position`)
  return { name, seal, position, order: [position.transaction, position.sequence].map(BigInt) }
}

const compare = (one: bigint[], other: bigint[]): number => {
  const first = one.findIndex((number, index) => number !== other[index])
  return first < 0 ? 0 : (one[first] ?? 0n) < (other[first] ?? 0n) ? -1 : 1
}

function explain(seal: Seal, count: number, fitting: string | undefined): string {
  const where = fitting === undefined ? 'before it' : `between ${fitting} and it`
  if (count === seal.count) return `the feed does not fit it: a revision ${where} was changed or replaced`
  const what = count < seal.count ? 'revisions are missing' : 'revisions were inserted'
  return `the feed does not fit it: ${what} ${where}, since it counts ${seal.count} and there are ${count}`
}

/**
 * Yields the seals that the feed does not fit, in one pass over its hashes. Of several, the first one tells where to look:
 * the change is between it and the last seal that fits.
 */
export async function* findSealFaults(
  client: pg.ClientBase,
  seals: NamedSeal[],
): AsyncGenerator<IntegrityFault> {
  const feed = new FeedHash(client)
  let fitting: string | undefined
  for (const { name, seal, position } of seals
    .map(located)
    .sort((one, other) => compare(one.order, other.order))) {
    const { count, hash } = await feed.advance(position)
    if (hash === seal.hash && count === seal.count) fitting = name
    else yield { subject: name, message: explain(seal, count, fitting) }
  }
}
