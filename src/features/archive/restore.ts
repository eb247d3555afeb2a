import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { z } from 'zod'
import { type Database, everything } from '../../database/database.ts'
import { getDatabaseError } from '../../database/errors.ts'
import { alignFeed } from '../../database/feed.ts'
import { lastMigration, requireOwnSchema } from '../../database/migrate.ts'
import { StartupError } from '../../startup-error.ts'
import { endMark, footer, header, tableLine } from './format.ts'
import { archivedTables } from './tables.ts'

/** Maximum length of a line of an archive, in bytes. All documents that the service stores are shorter. */
const maxLineBytes = 256 * 1024 * 1024

const damaged = (what: string) =>
  new StartupError(`the archive is damaged or incomplete: ${what}. Nothing was restored`)

/** Yields the lines of a file, each with its line break. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const part = chunk.subarray(from, end + 1)
      yield rest.length > 0 ? Buffer.concat([...rest, part]) : part
      rest = []
      restBytes = 0
      from = end + 1
    }
    if (from === chunk.length) continue
    rest.push(chunk.subarray(from))
    restBytes += chunk.length - from
    if (restBytes > maxLineBytes) throw damaged(`a line has more than ${maxLineBytes} bytes`)
  }
  if (restBytes > 0) yield Buffer.concat(rest)
}

/** Parses a line as JSON. @param what names the line in messages. @throws StartupError if it has another form. */
function parseLine<Schema extends z.ZodType>(line: Buffer | undefined, schema: Schema, what: string) {
  try {
    return schema.parse(JSON.parse(line?.toString() ?? ''))
  } catch (cause) {
    throw new StartupError(damaged(`there is no ${what} where it should be`).message, { cause })
  }
}

interface TriggerRow {
  target: string
  name: string
  enable: string
}

/** Finds the enabled triggers of tables, except those of constraints. */
const triggersQuery = `
  select tgrelid::regclass::text as target, quote_ident(tgname) as name,
    case tgenabled when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end as enable
  from pg_trigger where not tgisinternal and tgenabled <> 'D' and tgrelid = any($1::regclass[])`

/** Runs `work` without the triggers of tables, which would compute versions, history and hashes again. */
async function withoutTriggers(client: pg.Client, tables: string[], work: () => Promise<void>) {
  const { rows } = await client.query<TriggerRow>(triggersQuery, [tables])
  for (const { target, name } of rows) await client.query(`alter table ${target} disable trigger ${name}`)
  await work()
  for (const { target, name, enable } of rows)
    await client.query(`alter table ${target} ${enable} trigger ${name}`)
}

/** Reads the lines of an archive, and computes the checksum of all lines before the footer. */
class ArchiveReader {
  readonly #lines: AsyncGenerator<Buffer>
  readonly #hash: Hash = createHash('sha256')

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#lines = linesOf(chunks)
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#lines.next()
    return done ? undefined : value
  }

  async take(): Promise<Buffer | undefined> {
    const line = await this.#next()
    if (line) this.#hash.update(line)
    return line
  }

  /** Yields the rows of a table, up to the end mark. */
  async *rows(table: string): AsyncGenerator<Buffer> {
    for (;;) {
      const line = await this.take()
      if (!line) throw damaged(`the rows of ${table} have no end`)
      if (line.length === endMark.length + 1 && line.toString() === `${endMark}\n`) return
      yield line
    }
  }

  /** Reads the footer, which must be the last line, and compares the checksum. */
  async finish(): Promise<void> {
    const { sha256 } = parseLine(await this.#next(), footer, 'checksum')
    if (sha256 !== this.#hash.digest('hex')) throw damaged('its content has another checksum')
    if (await this.#next()) throw damaged('there is more after the checksum')
  }
}

async function requireEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ filled: boolean }>(
    'select exists (select from records) or exists (select from revisions) as filled',
  )
  if (rows[0]?.filled)
    throw new StartupError(
      'the registry is not empty: restore an archive into a new database, before the service starts with it for the first time',
    )
}

async function restoreTables(client: pg.Client, reader: ArchiveReader): Promise<void> {
  for (const { name, columns } of await archivedTables(client)) {
    const found = parseLine(await reader.take(), tableLine, `table ${name}`)
    if (found.table !== name || found.columns.join() !== columns.join())
      throw damaged(`it has ${found.table} (${found.columns}) in place of ${name} (${columns})`)
    const [schema = '', table = ''] = name.split('.')
    const target = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`
    const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
    await pipeline(
      Readable.from(reader.rows(name), { objectMode: false }),
      client.query(copyFrom(`copy ${target} (${list}) from stdin`)),
    )
  }
}

async function restoreAll(client: pg.Client, reader: ArchiveReader): Promise<void> {
  const { migration } = parseLine(await reader.take(), header, 'header of an Entente archive')
  const current = await lastMigration()
  if (migration !== current)
    throw new StartupError(
      `the archive has the tables of migration ${migration}, and this version those of ${current}: restore it with the version that made it, and then run this version on that database`,
    )
  await requireEmpty(client)
  const names = (await archivedTables(client)).map(({ name }) => name)
  await withoutTriggers(client, names, () => restoreTables(client, reader))
  await reader.finish()
  for (const table of ['revisions', 'import_records'])
    await client.query(
      `select setval(pg_get_serial_sequence('public.${table}', 'sequence'), greatest(max(sequence), 1)) from ${table}`,
    )
  await alignFeed(client)
  await client.query('select pg_notify($1, $2)', ['entente_changes', everything])
}

/**
 * Restores a registry from an archive, in one transaction.
 * @param chunks the bytes of the archive.
 * @throws StartupError if the registry is not empty or of a newer version, or if the archive is damaged, incomplete or of
 * another version. Nothing is written then.
 */
export async function restoreArchive(database: Database, chunks: AsyncIterable<Buffer>): Promise<void> {
  await requireOwnSchema(database)
  await database.maintain(async (client) => {
    await client.query("begin; set local time zone 'UTC'; set local datestyle = 'ISO'")
    try {
      await restoreAll(client, new ArchiveReader(chunks))
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => {})
      const refusal = getDatabaseError(error)
      if (!refusal) throw error
      throw new StartupError(damaged(`PostgreSQL refuses a row: ${refusal.message}`).message, {
        cause: error,
      })
    }
    await client.query('vacuum analyze')
  })
}
