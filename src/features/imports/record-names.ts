import type { DatabaseClient } from '../../database/database.ts'
import { groupBy } from '../../group-by.ts'
import type { RecordKey } from '../../model/keys.ts'
import type { Language } from '../../model/languages.ts'
import type { Registry } from '../../model/registry.ts'
import { namesStatement } from '../../query/names.ts'

/** Reads the names of records. @returns a function that returns the name of a record, or null if the record does not exist. */
export async function readNames(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  records: readonly RecordKey[],
  language: Language,
): Promise<(record: RecordKey) => string | null> {
  const lookups = Array.from(
    groupBy(records, ({ resource }) => resource),
    ([resource, ofResource]) => ({
      resource,
      keys: ofResource.map(({ key }) => key),
    }),
  )
  if (lookups.length === 0) return () => null
  const rows = await database.read<{ index: number; value: string; name: string }>(
    namesStatement(registry, lookups, language),
  )
  const names = new Map(rows.map(({ index, value, name }) => [`${lookups[index]?.resource} ${value}`, name]))
  return ({ resource, key }) => names.get(`${resource} ${key}`) ?? null
}
