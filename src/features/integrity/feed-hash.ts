import { createHash, type Hash } from 'node:crypto'
import type pg from 'pg'
import type { FeedPosition } from '../../query/revisions.ts'

/** Number of revisions that are hashed at a time. */
const batchSize = 20_000

/** A position in the feed, and the number and the hash of the revisions up to it. */
export interface FeedHashState {
  /** Undefined before the first revision. */
  position: FeedPosition | undefined
  count: number
  /** The SHA-256 of the hashes of these revisions, in hexadecimal. */
  hash: string
}

interface Batch {
  transaction: string
  sequence: string
  count: number
  hashes: Buffer
}

/**
 * Returns the query for the next hashes of the feed. It stops before the oldest transaction that is still running
 * (`feed_horizon`), so no later commit can insert revisions between hashed ones.
 */
const batchQuery = (upTo: FeedPosition | undefined) => `
  select (array_agg(transaction order by transaction desc, sequence desc))[1]::text as transaction,
    (array_agg(sequence order by transaction desc, sequence desc))[1]::text as sequence,
    count(*)::int as count, string_agg(hash, ''::bytea order by transaction, sequence) as hashes
  from (
    select transaction, sequence, hash from revisions
    where transaction < (select feed_horizon()) and (transaction, sequence) > ($1::bigint, $2::bigint)
      ${upTo ? 'and (transaction, sequence) <= ($3::bigint, $4::bigint)' : ''}
    order by transaction, sequence limit ${batchSize}
  ) batch having count(*) > 0`

/**
 * Computes the hash of the feed of changes step by step, in constant memory: the SHA-256 of the hashes of all revisions, 32
 * bytes each, in the order of the feed.
 */
export class FeedHash {
  readonly #client: pg.ClientBase
  readonly #hash: Hash = createHash('sha256')
  #position: FeedPosition | undefined
  #count = 0

  /** @param client a connection in a transaction with one snapshot. */
  constructor(client: pg.ClientBase) {
    this.#client = client
  }

  /** Hashes further revisions to the end of the feed, or only up to a position. @returns the state after them. */
  async advance(upTo?: FeedPosition): Promise<FeedHashState> {
    for (;;) {
      const from = this.#position ?? { transaction: '-1', sequence: '-1' }
      const bounds = [from, ...(upTo ? [upTo] : [])].flatMap(({ transaction, sequence }) => [
        transaction,
        sequence,
      ])
      const [batch] = (await this.#client.query<Batch>(batchQuery(upTo), bounds)).rows
      if (!batch) break
      this.#hash.update(batch.hashes)
      this.#position = { transaction: batch.transaction, sequence: batch.sequence }
      this.#count += batch.count
    }
    return { position: this.#position, count: this.#count, hash: this.#hash.copy().digest('hex') }
  }
}
