import type { Transaction } from '../../database/database.ts'
import { type Document, insertDocuments } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import type { Applying } from './apply.ts'
import type { Draft } from './types.ts'

/** A record that an import has written, and what its row says of where it comes from. */
export interface Cited {
  resource: string
  key: string
  externalId: Draft['externalId']
  citation: Draft['citation']
}

const cut = (text: string, max: number) => (text.length <= max ? text : `${text.slice(0, max - 1)}…`)

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

/** Maximum lengths of the locator, quotation and note of a citation, in characters. */
const maxLocator = 50
const maxQuote = 300
const maxNote = 10_000

/** The document of a citation that names the row of a record and the id of the record in the source. */
function citationOf(source: string, { resource, key, externalId, citation }: Cited): Document {
  const { locator, url, quote, note } = citation
  return {
    source,
    record: { resource, id: key },
    locator: { row: cut(oneLine(locator), maxLocator) },
    sourceRecordId: externalId.id,
    ...(url !== undefined && { url }),
    ...(quote !== undefined && { excerpt: cut(oneLine(quote), maxQuote) }),
    ...(note !== undefined && { note: cut(note, maxNote) }),
  }
}

/**
 * Writes the citations of records, each with the row and link of its record.
 * @returns their keys, in the order of the records.
 */
export async function writeCitations(
  tx: Transaction,
  { registry, authorship, source }: Applying,
  cited: readonly Cited[],
): Promise<string[]> {
  if (cited.length === 0) return []
  const resource = registry.get('citations')
  const key = await source(tx)
  const documents = cited.map((one) => checkDocument(resource, citationOf(key, one)))
  const stored = await insertDocuments(tx, resource, documents, { kind: 'create', authorship })
  return stored.map((one) => one.key)
}
