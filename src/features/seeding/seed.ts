import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import { dialect } from '../../database/dialect.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { insertDocuments } from '../../operations/writing/documents.ts'
import { recordRevisions } from '../../operations/writing/revisions.ts'
import { Problem } from '../../problems/problem.ts'
import { resources } from '../../resources/index.ts'
import { readSeeds, type SeedFile, type SeedSet } from './files.ts'
import { findKeys, isPresent } from './presence.ts'
import { resolveReferences } from './references.ts'
import { checkSeed } from './validation.ts'

/** How many records seeding created, and how many existed. */
export interface Seeded {
  created: number
  present: number
}

/** The author in the history of seeded records. */
const bySeed: Authorship = { actor: { kind: 'seed', id: null, name: null }, requestId: null, reason: null }

async function seedFile(transaction: Transaction, file: SeedFile): Promise<Seeded> {
  const keys = await findKeys(transaction, file.resource, file.documents)
  const missing = file.documents.filter((document) => !isPresent(file.resource, document, keys))
  const resolved = await resolveReferences(transaction, file, missing)
  const documents = resolved.map((document, at) => checkSeed(file, document, at))
  const made = await insertDocuments(transaction, file.resource, documents)
  await recordRevisions(transaction, file.resource, made, 'create', bySeed)
  return { created: documents.length, present: file.documents.length - documents.length }
}

/**
 * Creates the missing records of a set in one transaction, with the checks of the API. A record that exists, by its
 * key or by one of its external ids, is not changed.
 * @throws Error that names the file and the record when a seed is not valid.
 */
export async function seed(database: Database, set: SeedSet): Promise<Seeded> {
  const files = await readSeeds(set)
  return database.transaction(async (transaction) => {
    const total: Seeded = { created: 0, present: 0 }
    for (const file of files) {
      const { created, present } = await seedFile(transaction, file)
      total.created += created
      total.present += present
    }
    return total
  })
}

/** Whether the registry holds no record of any resource. */
export async function isEmpty(database: Database): Promise<boolean> {
  const anything = sql.join(
    resources.map(({ table }) => sql`exists (select from ${table})`),
    sql` or `,
  )
  const { sql: text } = dialect.sqlToQuery(sql`select ${anything} as anything`)
  const rows = await database.read<{ anything: boolean }>({ text })
  const [row] = rows
  if (!row) throw new Problem('internal', 'The database did not say whether it is empty.')
  return !row.anything
}
