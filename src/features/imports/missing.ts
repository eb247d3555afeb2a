import { sql } from 'drizzle-orm'
import {
  autocommitReads,
  type Database,
  type DatabaseClient,
  type Transaction,
} from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { writeStatement } from '../../database/rows.ts'
import { importMissing } from '../../database/tables/index.ts'
import type { Registry } from '../../model/registry.ts'
import { removeMissingList } from './cleanup.ts'
import { identitySql } from './identities.ts'
import { parseStoredMapping } from './mapping/index.ts'
import { isRefusedRowsFile } from './reading/refused-rows.ts'
import type { ImportJob } from './store.ts'

/** Records of a register that earlier files had and the file of the import does not have. They are reported and not changed. */

/** A record that a file lacks. */
export interface MissingRecord {
  resource: string
  key: string
  /** Its id in the register. */
  externalId: string
}

/** Number of records that one transaction stores. */
const batchSize = 1000

/**
 * SQL of the records that earlier imports of the scheme wrote, or into which such records were merged, and none of whose external
 * ids is in a row of this import. Only records of the resources of its mapping count: a register may have several files, each with
 * other resources. An earlier import has a smaller id. A record into which others were merged may have several
 * external ids. The statement groups all external ids instead of joining them: while PostgreSQL has no statistics for the new
 * rows, it may run a join as a nested loop.
 */
function missingStatement(registry: Registry, { id, scheme, mapping }: ImportJob) {
  const { externalIds } = registry.shared
  const resources = Object.keys(parseStoredMapping(mapping, registry).records)
  const isEarlier = sql`earlier.scheme = ${scheme} and earlier.import < ${id} and not earlier.undone and earlier.row is not null`
  const hasEarlier = sql`exists (select from imports where imports.scheme = ${scheme} and imports.id < ${id})`
  return compileSql(sql`select resource, key, min(external_id) as "externalId" from (
      select min(resource) as resource, min(key) as key, min(external_id) as external_id,
        count(*) = count(key) as is_absent
      from (
        select records.resource, records.key, ${externalIds.id} as external_id,
          ${identitySql(sql`records.resource`, scheme, externalIds.id)} as identity
        from ${externalIds} join records on records.id = ${externalIds.record}
        where ${hasEarlier} and ${externalIds.resource} = any(${sql.param(resources)}::text[]) and ${externalIds.scheme} = ${scheme}
          and (exists (select from import_records earlier
              where earlier.resource = records.resource and earlier.key = records.key and ${isEarlier})
            or records.id in (select merged.merged_into from records merged
              join import_records earlier on earlier.resource = merged.resource and earlier.key = merged.key
              where merged.merged_into is not null and ${isEarlier}))
        union all
        select null, null, null, identities.id from import_rows, unnest(import_rows.ids) as identities(id)
        where ${hasEarlier} and import_rows.import = ${id}
      ) as found group by identity
    ) as ids where key is not null group by resource, key having bool_and(is_absent)`)
}

/**
 * Finds the records that the staged file of an import lacks, and replaces the stored list. A file of refused rows lacks none,
 * since it is a part of another file. Reads in one snapshot, and writes in short transactions.
 * @throws the reason of `signal`, after which the stored list is incomplete until the next call.
 */
export async function storeMissing(
  database: Database,
  registry: Registry,
  job: ImportJob,
  signal: AbortSignal,
): Promise<void> {
  await removeMissingList(database, job.id)
  if (job.fileInfo && isRefusedRowsFile(job.fileInfo)) return
  const properties = ['import', 'resource', 'key', 'externalId']
  await database.maintain(async (client) => {
    const { text, values: parameters = [] } = missingStatement(registry, job)
    await client.query('begin read only')
    await client.query(`declare missing no scroll cursor for ${text}`, parameters)
    for (;;) {
      signal.throwIfAborted()
      const { rows } = await client.query<MissingRecord>(`fetch ${batchSize} from missing`)
      if (rows.length === 0) break
      const values = rows.map((row) => ({ import: job.id, ...row }))
      await database.transaction((tx) =>
        tx.query(writeStatement([{ kind: 'insert', table: importMissing, properties, rows: values }])),
      )
    }
    await client.query('rollback')
  })
}

/** Counts the records that the file of an import lacks. */
export async function countMissing(tx: Transaction, importId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    text: 'select count(*)::int as count from import_missing where import = $1',
    values: [importId],
  })
  return row?.count ?? 0
}

/**
 * Lists the records that the file of an import lacks, ordered by resource and key.
 * @param after the last record of the previous page.
 */
export const listMissing = (
  database: DatabaseClient,
  importId: string,
  { after, limit }: { after: MissingRecord | undefined; limit: number },
): Promise<MissingRecord[]> =>
  autocommitReads(database).query<MissingRecord>({
    text: `select resource, key, external_id as "externalId" from import_missing
      where import = $1 and ($2::text is null or (resource, key) > ($2, $3::text)) order by resource, key limit $4`,
    values: [importId, after?.resource, after?.key, limit],
  })
