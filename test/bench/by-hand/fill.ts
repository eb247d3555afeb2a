import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { withClient } from '../../support/with-client.ts'

/** Resources in the database of the hand-written server with which the service is compared. */
const resources = ['regions', 'countries', 'topics', 'organizations', 'sources', 'agreements', 'citations']

const sqlFile = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')

/** Opens the export of a resource as NDJSON. @throws when the service refuses it. */
async function openExport(origin: string, resource: string): Promise<Readable> {
  const response = await fetch(`${origin}/v1/${resource}/export?format=ndjson`)
  if (!response.ok || !response.body) throw new Error(`the service does not export ${resource} as NDJSON`)
  // `fetch` and node:stream/web declare different types for the same stream.
  return Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)
}

/**
 * Copies the documents of a resource into a temporary table, uncompressed, since several statements of `fill.sql` may read the
 * same documents.
 * JSON text has no control characters, so each document is one field on one line.
 */
async function copyExport(client: pg.Client, origin: string, resource: string): Promise<void> {
  const table = `exported_${resource}`
  await client.query(
    `create temporary table ${table} (
      text text storage external,
      document jsonb storage external generated always as (text::jsonb) stored
    )`,
  )
  const copy = copyFrom(
    `copy ${table} (text) from stdin with (format csv, quote e'\\x01', delimiter e'\\x02')`,
  )
  await pipeline(await openExport(origin, resource), client.query(copy))
}

/** Drops the indexes that are not unique. @returns the statements that create them again. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = 'public'::regnamespace and not indisunique`)
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows.map(({ definition }) => definition)
}

/** Creates an empty database on the server of the service's database. @returns its URL. */
async function createDatabase(serviceUrl: string): Promise<string> {
  const url = new URL(serviceUrl)
  const name = `${url.pathname.slice(1)}_by_hand`
  await withClient(serviceUrl, async (client) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`)
    await client.query(`create database ${client.escapeIdentifier(name)} template template0`)
  })
  url.pathname = `/${name}`
  return url.href
}

/**
 * Creates the database of the hand-written server, with the schema of commit c79015c, and fills it with the documents that the
 * service exports.
 * @param serviceUrl URL of the service's database; its user may create databases.
 * @param origin origin of the running service.
 * @returns URL of the new database.
 */
export async function createByHandDatabase(serviceUrl: string, origin: string): Promise<string> {
  const url = await createDatabase(serviceUrl)
  await withClient(url, async (client) => {
    await client.query(await sqlFile('schema.sql'))
    await client.query('begin')
    const indexes = await dropIndexes(client)
    for (const resource of resources) await copyExport(client, origin, resource)
    await client.query(await sqlFile('fill.sql'))
    for (const definition of indexes) await client.query(definition)
    await client.query('commit')
    await client.query('vacuum analyze')
  })
  return url
}
