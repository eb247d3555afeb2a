import { createHash } from 'node:crypto'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Database } from '../../database/database.ts'
import { getDatabaseError } from '../../database/errors.ts'
import { lastMigration, requireKnownMigrations } from '../../database/migrate.ts'
import { beginReading } from '../../database/read-session.ts'
import { OperationalError } from '../../operational-error.ts'
import { endMark, toLine } from './format.ts'
import { type ArchivedTable, listArchivedTables, quoteColumns, quoteTable } from './tables.ts'

const copyStatement = ({ name, columns, condition, orderBy }: ArchivedTable): string =>
  `copy (select ${quoteColumns(columns)} from ${quoteTable(name)} where ${condition} order by ${orderBy.join(', ')}) to stdout`

/** Yields an archive without its footer. */
async function* contents(client: pg.Client): AsyncGenerator<string | Buffer> {
  yield toLine({ format: 'entente-archive', version: 1, migration: await lastMigration() })
  for (const table of await listArchivedTables(client)) {
    yield toLine({ table: table.name, columns: table.columns })
    yield* client.query(copyTo(copyStatement(table)))
    yield `${endMark}\n`
  }
}

/** Yields the chunks, and then the footer with their checksum. */
async function* withChecksum(chunks: AsyncIterable<string | Buffer>): AsyncGenerator<string | Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
  yield toLine({ sha256: hash.digest('hex') })
}

/**
 * Writes the whole registry as an archive: records, their revisions and their past, from one snapshot. Two registries with
 * the same content have the same archive, byte for byte. API keys and unfinished imports are not archived.
 * @param write is called once with the chunks of the archive, in order.
 * @throws OperationalError when the database has migrations that this version does not know, or PostgreSQL reports an error
 * during the export; pg's error when the connection fails; what `write` throws.
 */
export async function exportArchive(
  database: Database,
  write: (chunks: AsyncIterable<string | Buffer>) => Promise<void>,
): Promise<void> {
  try {
    await requireKnownMigrations(database)
    await database.maintain(async (client) => {
      await client.query(
        `${beginReading}; set local time zone 'UTC'; set local datestyle = 'ISO'; set local extra_float_digits = 1; set local bytea_output = 'hex'`,
      )
      // From here on, the transaction keeps migrations away. One may have run since the first check.
      await requireKnownMigrations(database)
      await write(withChecksum(contents(client)))
      await client.query('commit')
    })
  } catch (cause) {
    const reason = getDatabaseError(cause)?.message
    throw reason === undefined
      ? cause
      : new OperationalError(`PostgreSQL failed during the export: ${reason}`, { cause })
  }
}
