import type { Transaction } from '../../database/database.ts'
import { cleanLine } from '../../model/characters.ts'
import { type Document, insertDocuments } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import type { ApplyContext } from './apply.ts'
import { citationLimits } from './citation-limits.ts'
import { shortenText } from './shorten.ts'
import type { Draft } from './types.ts'

/** A record that an import has written, and the draft that describes it. */
interface CitedRecord {
  key: string
  draft: Draft
}

/** Returns a locator as one line: the name of a sheet may have any characters. */
const oneLine = (text: string) => cleanLine(text.replaceAll(/\s+/g, ' ')).trim()

/** Returns the document of the citation of a record: its row in the file, its id in the source, and what the mapping quotes. */
function makeCitation(
  source: string,
  { key, draft: { resource, externalId, citation } }: CitedRecord,
): Document {
  const { locator, url, quote, note } = citation
  return {
    source,
    record: { resource, id: key },
    locator: { row: oneLine(locator) },
    sourceRecordId: externalId.id,
    ...(url !== undefined && { url }),
    ...(quote !== undefined && { excerpt: shortenText(quote, citationLimits.excerpt) }),
    ...(note !== undefined && { note }),
  }
}

/**
 * Writes a citation for each record.
 * @returns the keys of the citations, in the order of the records.
 */
export async function writeCitations(
  tx: Transaction,
  { registry, authorship, getSourceKey }: ApplyContext,
  cited: readonly CitedRecord[],
): Promise<string[]> {
  if (cited.length === 0) return []
  const resource = registry.get('citations')
  const source = await getSourceKey(tx)
  const documents = cited.map((record) => checkDocument(resource, makeCitation(source, record)))
  const stored = await insertDocuments(tx, resource, documents, { kind: 'create', authorship })
  return stored.map((citation) => citation.key)
}
