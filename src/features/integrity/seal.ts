import { z } from 'zod'
import type { Database } from '../../database/database.ts'
import { OperationalError } from '../../operational-error.ts'
import { feedPosition } from '../changes/contract.ts'
import { FeedHash } from './feed-hash.ts'
import { inSnapshot } from './read-all.ts'

/** A seal. It is published, so that others can verify later that the history of the registry was not changed. */
const sealSchema = z.strictObject({
  /** Position in the feed of the last sealed revision: `transaction.sequence`. All later commits come after it. */
  position: feedPosition,
  /** Number of revisions up to the position. */
  count: z.int().min(1),
  /** SHA-256 of the hashes of these revisions in the order of the feed, in hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When the seal was made, by the clock of the database. */
  time: z.iso.datetime(),
})

export type Seal = z.output<typeof sealSchema>

/** Makes a seal of the feed up to its horizon. @throws OperationalError when there is no change yet. */
export async function makeSeal(database: Database): Promise<Seal> {
  const { position, count, hash } = await database.maintain((client) =>
    inSnapshot(client, () => new FeedHash(client).advance()),
  )
  if (!position) throw new OperationalError('there is nothing to seal: the registry has had no change')
  const { transaction, sequence } = position
  const time = (await database.clock.now()).toISOString()
  return { position: `${transaction}.${sequence}`, count, hash, time }
}

/** The text of a seal, as it is published. */
export const formatSeal = (seal: Seal): string => `${JSON.stringify(seal, null, 2)}\n`

/** Parses the text of a seal. @param name name of its file, for messages. @throws OperationalError if it is not a seal. */
export function parseSeal(text: string, name: string): Seal {
  try {
    return sealSchema.parse(JSON.parse(text))
  } catch (cause) {
    const message = "is not a seal: it must be the JSON that 'entente seal' has written, unchanged"
    throw new OperationalError(`${name} ${message}`, { cause })
  }
}
