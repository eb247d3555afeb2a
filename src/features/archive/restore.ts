import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { z } from 'zod'
import { alignFeed } from '../../database/align-feed.ts'
import { changesChannel } from '../../database/changes.ts'
import { inClientTransaction } from '../../database/client-transaction.ts'
import { type Database, everything } from '../../database/database.ts'
import { getDatabaseError } from '../../database/errors.ts'
import { hasMigration, lastMigration, requireKnownMigrations } from '../../database/migrate.ts'
import { withoutTimeLimits } from '../../database/session-settings.ts'
import { vacuumAnalyze } from '../../database/vacuum.ts'
import { OperationalError } from '../../operational-error.ts'
import { endMark, footer, header, tableLine } from './format.ts'
import { type ArchivedTable, listArchivedTables, quoteColumns, quoteTable } from './tables.ts'

/** Maximum length of a line of an archive, in bytes. All documents that the service stores are shorter. */
const maxLineBytes = 256 * 1024 * 1024

const damageError = (detail: string, cause?: unknown) =>
  new OperationalError(`the archive is damaged or incomplete: ${detail}. Nothing was restored`, { cause })

/** Yields the lines of a file, each with its line break. @throws OperationalError for a line of more than `maxLineBytes`. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = []
  let pendingBytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const part = chunk.subarray(from, end + 1)
      yield pending.length > 0 ? Buffer.concat([...pending, part]) : part
      pending = []
      pendingBytes = 0
      from = end + 1
    }
    if (from === chunk.length) continue
    pending.push(chunk.subarray(from))
    pendingBytes += chunk.length - from
    if (pendingBytes > maxLineBytes) throw damageError(`a line has more than ${maxLineBytes} bytes`)
  }
  if (pendingBytes > 0) yield Buffer.concat(pending)
}

/**
 * Parses a line as JSON.
 * @param noun the expected line, for messages.
 * @throws OperationalError if the line is missing, is not JSON, or does not match the schema.
 */
function parseLine<Schema extends z.ZodType>(line: Buffer | undefined, schema: Schema, noun: string) {
  try {
    return schema.parse(JSON.parse(line?.toString() ?? ''))
  } catch (cause) {
    const found = line ? JSON.stringify(line.toString('utf8', 0, 80).trimEnd()) : 'the end of the file'
    throw damageError(`expected ${noun}, but found ${found}`, cause)
  }
}

interface TriggerRow {
  /** The table of the trigger. */
  target: string
  name: string
  /** Clause of ALTER TABLE that enables the trigger again. */
  enable: string
}

/** Finds the enabled triggers of tables, except the internal ones with which PostgreSQL enforces foreign keys. */
const triggersQuery = `
  select tgrelid::regclass::text as target, quote_ident(tgname) as name,
    case tgenabled when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end as enable
  from pg_trigger where not tgisinternal and tgenabled <> 'D' and tgrelid = any($1::regclass[])`

/**
 * Runs `work` without the triggers of tables, which would compute versions, history and hashes again. If `work` fails, the
 * triggers are enabled again by the rollback of the transaction.
 */
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
    this.#lines = splitLines(chunks)
  }

  async #nextLine(): Promise<Buffer | undefined> {
    const { value, done } = await this.#lines.next()
    return done ? undefined : value
  }

  /** Returns the next line, and adds it to the checksum. */
  async readLine(): Promise<Buffer | undefined> {
    const line = await this.#nextLine()
    if (line) this.#hash.update(line)
    return line
  }

  /** Yields the rows of a table, up to the end mark. @throws OperationalError if there is no end mark. */
  async *rows(table: string): AsyncGenerator<Buffer> {
    for (;;) {
      const line = await this.readLine()
      if (!line) throw damageError(`the archive ends within the rows of the table ${table}`)
      if (line.length === endMark.length + 1 && line.toString() === `${endMark}\n`) return
      yield line
    }
  }

  /** Reads the footer, and compares the checksum. @throws OperationalError if the checksum differs, or more lines follow. */
  async finish(): Promise<void> {
    const { sha256 } = parseLine(await this.#nextLine(), footer, 'the checksum')
    if (sha256 !== this.#hash.digest('hex')) throw damageError('the checksum does not match the content')
    if (await this.#nextLine()) throw damageError('there is more after the checksum')
  }
}

/** Checks that tables have no rows, which could conflict with those of the archive. @throws OperationalError if they have any. */
async function requireEmpty(client: pg.Client, names: string[]): Promise<void> {
  const conditions = names.map((name) => `exists (select from ${quoteTable(name)})`)
  const { rows } = await client.query<{ isFilled: boolean }>(
    `select ${conditions.join(' or ')} as "isFilled"`,
  )
  if (rows[0]?.isFilled)
    throw new OperationalError(
      'the registry is not empty: restore an archive into a new database, before the service starts with it for the first time',
    )
}

async function restoreTables(
  client: pg.Client,
  tables: readonly ArchivedTable[],
  reader: ArchiveReader,
): Promise<void> {
  for (const { name, columns } of tables) {
    const found = parseLine(await reader.readLine(), tableLine, `the line of the table ${name}`)
    if (found.table !== name || found.columns.join() !== columns.join())
      throw damageError(`it has ${found.table} (${found.columns}) in place of ${name} (${columns})`)
    await pipeline(
      Readable.from(reader.rows(name), { objectMode: false }),
      client.query(copyFrom(`copy ${quoteTable(name)} (${quoteColumns(columns)}) from stdin`)),
    )
  }
}

async function restoreAll(client: pg.Client, reader: ArchiveReader): Promise<void> {
  const { migration } = parseLine(await reader.readLine(), header, 'the header of an Entente archive')
  const current = await lastMigration()
  if (migration !== current) {
    const thenUpgrade = (await hasMigration(migration)) ? ', and then run this version on that database' : ''
    throw new OperationalError(
      `the archive has the tables of migration ${migration}, and this version those of ${current}: restore it with the version that made it${thenUpgrade}`,
    )
  }
  // Every transaction that writes records locks the table `records` until it ends. So this lock waits for those that have begun
  // to write, and later ones wait for the restore.
  await client.query('lock table records in share row exclusive mode')
  const tables = await listArchivedTables(client)
  const names = tables.map(({ name }) => name)
  await requireEmpty(client, names)
  await withoutTriggers(client, names, () => restoreTables(client, tables, reader))
  await reader.finish()
  for (const table of ['revisions', 'import_records'])
    await client.query(
      `select setval(pg_get_serial_sequence('public.${table}', 'sequence'), greatest(max(sequence), 1)) from ${table}`,
    )
  await alignFeed(client)
  await client.query('select pg_notify($1, $2)', [changesChannel, everything])
}

/** Converts an error of PostgreSQL during a restore to an OperationalError; returns other errors unchanged. */
function toOperationalError(error: unknown): unknown {
  const databaseError = getDatabaseError(error)
  if (!databaseError) return error
  const { code = '', message } = databaseError
  // SQLSTATE classes 22 and 23: a value or a constraint.
  if (/^2[23]/.test(code)) return damageError(`PostgreSQL refuses a row: ${message}`, error)
  return new OperationalError(
    `PostgreSQL failed during the restore: ${message}. Fix the cause, and repeat the restore into an empty database`,
    { cause: error },
  )
}

/**
 * Restores a registry from an archive, in one transaction, and then runs `vacuum analyze`.
 * @param chunks the bytes of the archive.
 * @throws OperationalError if the registry is not empty or has migrations that this version does not know; if the archive is
 * damaged or incomplete, or its last migration is not the last one of this version; or if PostgreSQL reports an error up to
 * the commit. Nothing is written then.
 * @throws the error of `chunks` if they cannot be read; pg's error if the connection fails before the commit.
 * @returns a warning if `vacuum analyze` failed after the commit.
 */
export async function restoreArchive(
  database: Database,
  chunks: AsyncIterable<Buffer>,
): Promise<string | undefined> {
  await requireKnownMigrations(database)
  return database.maintain(async (client) => {
    try {
      await inClientTransaction(client, async () => {
        await client.query(`${withoutTimeLimits}; set local time zone 'UTC'; set local datestyle = 'ISO'`)
        await restoreAll(client, new ArchiveReader(chunks))
      })
    } catch (error) {
      throw toOperationalError(error)
    }
    return vacuumAnalyze(client)
  })
}
