import type pg from 'pg'
import { forWholeTables } from '../database/analyse.ts'
import type { Database } from '../database/client.ts'
import { unprepared } from '../database/prepared.ts'
import { makeShadows, revealShadows, shadowsOf } from '../database/shadows.ts'
import { Problem } from '../problems/problem.ts'
import { changedResources, keepChangedKeys, pastDocuments } from '../query/past.ts'
import { resources } from '../resources/index.ts'
import type { Resource } from '../resources/resource.ts'
import { waitForPlace } from './places.ts'
import { type Document, insertDocuments } from './writing/documents.ts'

/** The registry as it stood at a moment, for any statement: see `database/shadows.ts`. */

/** How many past documents are in memory at once. */
const batchSize = 1000

/** Milliseconds after which the past is not brought back any further. */
const longest = 60_000

/** Writes what the changed records of a resource were at a moment into its shadow. */
async function fill(client: pg.PoolClient, resource: Resource, at: string, until: number): Promise<void> {
  const transaction = { $client: client }
  let last: string | undefined
  do {
    if (Date.now() > until)
      throw new Problem('busy', `Too much has changed since ${at} to be undone in a minute.`, {
        headers: { 'retry-after': '60' },
      })
    const { rows } = await client.query<{ key: string; document: string | null }>(
      pastDocuments(resource, at, last, batchSize),
    )
    const documents = rows.flatMap(({ document }): Document[] =>
      document === null ? [] : [JSON.parse(document)],
    )
    await insertDocuments(transaction, resource, documents)
    last = rows.length < batchSize ? undefined : rows.at(-1)?.key
  } while (last !== undefined)
}

/**
 * Begins a transaction in which every table of the registry is as it was at a moment, for statements that have no name
 * and name no schema. Its writer rolls it back in any case. It costs what has changed since.
 * @param at RFC 3339, or a date for its first moment in UTC.
 * @param timeout of each statement that then follows.
 * @throws Problem `busy` when so much has changed since that it takes more than a minute.
 */
export async function beginPast(given: pg.PoolClient, at: string, timeout = '60s'): Promise<void> {
  const client = unprepared(given)
  const until = Date.now() + longest
  // All of this sees one state of the registry, whatever is written meanwhile.
  await client.query(`begin isolation level repeatable read; ${forWholeTables}`)
  const { rows } = await client.query<{ resource: string }>(changedResources(at))
  const changed = resources.filter(({ name }) => rows.some(({ resource }) => resource === name))
  if (changed.length > 0) {
    const shadows = shadowsOf(changed.map(({ table, key }) => ({ table, key: key.column })))
    await client.query(makeShadows(shadows))
    for (const resource of changed) await client.query(keepChangedKeys(resource, at))
    for (const resource of changed) await fill(client, resource, at, until)
    await client.query(revealShadows(shadows))
  }
  await client.query(`set local statement_timeout = '${timeout}'`)
}

async function inPast<T>(pool: pg.Pool, at: string, work: (past: Database) => Promise<T>): Promise<T> {
  const leave = await waitForPlace(pool)
  try {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await beginPast(client, at)
      return await work(unprepared(client))
    } finally {
      // A connection that can't even roll back is not given back to the pool.
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
      client.release(broken)
    }
  } finally {
    leave()
  }
}

/**
 * Asks the registry as it is, or as it stood at a moment.
 * @param at undefined for now; otherwise as in `beginPast`.
 * @throws Problem `busy` when too many ask for the past, or for one that is too far.
 */
export const registryAt = <T>(
  at: string | undefined,
  pool: pg.Pool,
  work: (registry: Database) => Promise<T>,
): Promise<T> => (at === undefined ? work(pool) : inPast(pool, at, work))
