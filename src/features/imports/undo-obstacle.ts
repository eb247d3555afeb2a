import type { Transaction } from '../../database/database.ts'
import type { ImportJob } from './store.ts'

/**
 * Returns why an import cannot be undone yet: a later import of the same register has changed its records. An undo would not
 * revert these records.
 * @returns undefined when the import can be undone.
 */
export async function findUndoObstacle(
  tx: Transaction,
  { id, scheme }: ImportJob,
): Promise<string | undefined> {
  const [later] = await tx.query<{ import: string; file: string; records: number }>({
    text: `select later.import, imports.files->0->>'name' as file, count(*)::int as records
      from imports join import_records later on later.import = imports.id
      join import_records earlier on earlier.resource = later.resource and earlier.key = later.key
        and earlier.scheme = later.scheme
      where imports.scheme = $2 and later.import <> $1 and later.sequence > earlier.sequence and not later.undone and later.action <> 'none'
        and earlier.import = $1 and not earlier.undone
      group by 1, 2 order by 1 desc limit 1`,
    values: [id, scheme],
  })
  if (!later) return undefined
  return `The later import ${later.import} (${later.file}) has changed ${later.records} of the records of this import. Undo the later import first.`
}
