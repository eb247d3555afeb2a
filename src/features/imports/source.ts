import type { Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import { type Document, insertDocuments } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { entryWithoutRow, writeEntries } from './entries.ts'
import type { ImportJob } from './store.ts'

/** The properties that a mapping states for the record of `sources` that represents an import. */
export type SourceProperties = Readonly<Record<string, unknown>>

/** Returns a text that identifies an import and its files. */
const describeFiles = ({ files, scheme, id, actor }: ImportJob): string =>
  [
    `Import ${id} of ${scheme}${actor.name === null ? '' : `, by ${actor.name}`}.`,
    ...files.map(({ name, bytes, sha256 }) => `File ${name}: ${bytes} bytes, SHA-256 ${sha256}.`),
  ].join('\n')

function sourceDocument(job: ImportJob, given: SourceProperties): Document {
  const { files, scheme, createdAt } = job
  const day = createdAt.toISOString().slice(0, 10)
  const described = describeFiles(job)
  return {
    kind: 'dataset',
    title: `${files[0]?.name ?? scheme}, imported ${day}`.slice(0, 500),
    accessedOn: day,
    ...given,
    context: typeof given.context === 'string' ? `${given.context}\n\n${described}` : described,
  }
}

/**
 * Returns the record of `sources` that the commit of an import will create.
 * @throws Problem `invalid-body` when it cannot be created, such as if its context is too long with the files' names.
 */
export const checkSource = (registry: Registry, job: ImportJob, given: SourceProperties): Document =>
  checkDocument(registry.get('sources'), sourceDocument(job, given))

/**
 * Creates the record of `sources` that represents an import: its files with name, size and SHA-256, when it was started, and
 * by whom.
 * @returns its key.
 * @throws Problem as `checkSource` does.
 */
export async function writeSource(
  tx: Transaction,
  registry: Registry,
  job: ImportJob,
  given: SourceProperties,
  authorship: Authorship,
): Promise<string> {
  const resource = registry.get('sources')
  const document = checkSource(registry, job, given)
  const [stored] = await insertDocuments(tx, resource, [document], { kind: 'create', authorship })
  if (!stored) throw new Error('the source of the import was not stored')
  await writeEntries(tx, job, [entryWithoutRow('sources', stored.key, stored.version)])
  await tx.query({
    text: 'update imports set source = $2 where id = $1',
    values: [job.id, stored.key],
  })
  return stored.key
}
