import { singleReads, type Transaction, wholeTableSettings } from '../database/database.ts'
import { makeShadows, revealShadows, shadowsOf } from '../database/shadows.ts'
import { Problem } from '../problems/problem.ts'
import { changedResources, keepChangedKeys, pastDocuments } from '../query/past.ts'
import { resources } from '../resources/index.ts'
import type { Resource } from '../resources/resource.ts'
import type { Context } from './operation.ts'
import { type Document, insertDocuments } from './writing/documents.ts'

/** The registry as it stood at a moment, for any statement: see `database/shadows.ts`. */

/** How many past documents are in memory at once. */
const batchSize = 1000

/** Milliseconds after which the past is not brought back any further. */
const timeoutMs = 60_000

/** Writes what the changed records of a resource were at a moment into its shadow. */
async function fill(transaction: Transaction, resource: Resource, at: string, until: number): Promise<void> {
  let last: string | undefined
  do {
    if (Date.now() > until)
      throw new Problem('busy', `Too much has changed since ${at} to be undone in a minute.`, {
        headers: { 'retry-after': '60' },
      })
    const rows = await transaction.query<{ key: string; document: string | null }>(
      pastDocuments(resource, at, last, batchSize),
    )
    const documents = rows.flatMap(({ document }): Document[] =>
      document === null ? [] : [JSON.parse(document)],
    )
    await insertDocuments(transaction, resource, documents)
    last = rows.length < batchSize ? undefined : rows.at(-1)?.key
  } while (last !== undefined)
}

/** Statements with which the transaction of `preparePast` begins; temporary tables need one that can write. */
export const beginPast = `set transaction read write; ${wholeTableSettings}`

/**
 * Makes every table of the registry appear as it was at a moment, until the transaction rolls back, for statements without
 * a name that name no schema. It costs what has changed since.
 * @param at RFC 3339, or a date for its first moment in UTC.
 * @param timeout of each statement that then follows.
 * @throws Problem `busy` when so much has changed since that it takes more than a minute.
 */
export async function preparePast(tx: Transaction, at: string, timeout = '60s'): Promise<void> {
  const transaction: Transaction = { query: ({ name: _, ...statement }) => tx.query(statement) }
  const until = Date.now() + timeoutMs
  const rows = await transaction.query<{ resource: string }>(changedResources(at))
  const changed = resources.filter(({ name }) => rows.some(({ resource }) => resource === name))
  if (changed.length > 0) {
    const shadows = shadowsOf(changed.map(({ table, key }) => ({ table, key: key.column })))
    await transaction.query({ text: makeShadows(shadows) })
    for (const resource of changed) await transaction.query(keepChangedKeys(resource, at))
    for (const resource of changed) await fill(transaction, resource, at, until)
    await transaction.query({ text: revealShadows(shadows) })
  }
  await transaction.query({ text: `set local statement_timeout = '${timeout}'` })
}

type Services = Pick<Context, 'database' | 'longReads'>

async function inPast<T>(
  { database, longReads }: Services,
  at: string,
  work: (past: Transaction) => Promise<T>,
): Promise<T> {
  const release = await longReads.acquire()
  const prepared = async (tx: Transaction) => {
    await preparePast(tx, at)
    return work(tx)
  }
  return database.readTransaction(beginPast, prepared, { unnamed: true }).finally(release)
}

/**
 * Reads the registry as it is, or as it was at a moment.
 * @param at undefined for now; otherwise as in `preparePast`.
 * @throws Problem `busy` when too many ask for the past, or for one that is too far.
 */
export const registryAt = <T>(
  at: string | undefined,
  services: Services,
  work: (registry: Transaction) => Promise<T>,
): Promise<T> => (at === undefined ? work(singleReads(services.database)) : inPast(services, at, work))
