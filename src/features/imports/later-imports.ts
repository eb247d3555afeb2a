import type { Transaction } from '../../database/database.ts'
import type { ImportRecord } from './store.ts'

/**
 * Says why an import cannot be undone yet: a later import of the same register has changed records that it wrote. Undoing it
 * first would leave these records, since they are not as it wrote them.
 * @returns undefined when nothing stands in the way.
 */
export async function findLaterImport(
  tx: Transaction,
  { id, scheme }: ImportRecord,
): Promise<string | undefined> {
  const [later] = await tx.query<{ import: string; file: string | null; records: number }>({
    text: `select later.import, imports.files->0->>'name' as file, count(*)::int as records
      from imports join import_records later on later.import = imports.id
      join import_records own on own.resource = later.resource and own.key = later.key and own.scheme = later.scheme
      where imports.scheme = $2 and imports.id > $1 and not later.undone and later.action <> 'none'
        and own.import = $1 and not own.undone
      group by 1, 2 order by 1 desc limit 1`,
    values: [id, scheme],
  })
  if (!later) return undefined
  return `The import ${later.import} (${later.file}) has changed ${later.records} of its records since. Undo that one first.`
}
