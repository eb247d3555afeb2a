import type { Database, Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { insertDocuments } from '../../operations/writing/documents.ts'
import { findKeys, isPresent } from './existing-records.ts'
import { readSeeds, type SeedFile, type SeedSet } from './files.ts'
import { resolveReferences } from './references.ts'
import { checkSeed } from './validation.ts'

/** The result of seeding. */
export interface SeedCounts {
  /** Number of created records. */
  created: number
  /** Number of records that existed already. */
  present: number
}

/** The authorship of the revisions of seeded records. */
const seedAuthorship: Authorship = {
  actor: { kind: 'seed', id: null, name: null },
  requestId: null,
  reason: null,
}

async function seedFile(tx: Transaction, file: SeedFile): Promise<SeedCounts> {
  const keys = await findKeys(tx, file.resource, file.documents)
  const missing = file.documents.filter((document) => !isPresent(file.resource, document, keys))
  const resolved = await resolveReferences(tx, file, missing)
  const documents = resolved.map((document) => checkSeed(file, document))
  await insertDocuments(tx, file.resource, documents, { kind: 'create', authorship: seedAuthorship })
  return { created: documents.length, present: file.documents.length - documents.length }
}

/**
 * Writes the missing records of a set in one transaction, with the same checks as the API. Records that exist, by their
 * key or one of their external ids, are not changed.
 * @throws Error that names the file and the record, or the reference, when a seed is not valid; the database error when
 * PostgreSQL refuses the write, for example because no record has the key of a reference.
 */
export async function seed(database: Database, set: SeedSet): Promise<SeedCounts> {
  const files = await readSeeds(set)
  return database.transaction(async (tx) => {
    const total: SeedCounts = { created: 0, present: 0 }
    for (const file of files) {
      const { created, present } = await seedFile(tx, file)
      total.created += created
      total.present += present
    }
    return total
  })
}

/** Whether the registry has no records. */
export async function isEmpty(database: Database): Promise<boolean> {
  const rows = await database.read<{ found: boolean }>({
    text: 'select exists (select from records) as found',
  })
  return rows[0]?.found === false
}
