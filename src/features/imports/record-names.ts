import type { DatabaseClient } from '../../database/database.ts'
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
  const resources = [...new Set(records.map(({ resource }) => resource))]
  if (resources.length === 0) return () => null
  const wanted = resources.map((resource) => ({
    resource,
    values: records.filter((record) => record.resource === resource).map(({ key }) => key),
  }))
  const rows = await database.read<{ index: number; value: string; name: string }>(
    namesStatement(registry, wanted, language),
  )
  const names = new Map(rows.map(({ index, value, name }) => [`${resources[index]} ${value}`, name]))
  return ({ resource, key }) => names.get(`${resource} ${key}`) ?? null
}
