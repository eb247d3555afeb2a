import type { Transaction } from '../../database/database.ts'
import type { RecordKey } from '../../model/keys.ts'
import type { Language } from '../../model/languages.ts'
import { nameInDocument } from '../../model/names.ts'
import type { Registry } from '../../model/registry.ts'
import { changeJson, type FeedPlan, type FeedRow, feedStatement } from '../../query/revisions.ts'
import { maxChanges } from './limits.ts'

interface Change extends RecordKey {
  version: number
  operation: string
  time: string
  document: Record<string, unknown>
}

/**
 * Replaces the document of a change with the name of the record in a language, its visibility, and the path of the record's
 * history.
 */
function summarize(
  registry: Registry,
  { resource, key, version, operation, time, document }: Change,
  language: Language,
) {
  // A later version of the service may have added the resource to the database.
  const title =
    registry.find(resource) && nameInDocument(document, registry.declaration(resource).search, language)
  const link = `/v1/${resource}/${key}/history`
  const { visibility } = document
  return {
    resource,
    key,
    title: typeof title === 'string' ? title : null,
    version,
    operation,
    time,
    visibility,
    link,
  }
}

/**
 * Returns the JSON of the latest changes to records of a country, and the path of the feed of all these changes. Unlike the
 * feed, the JSON has each change as soon as it is committed: a cached briefing expires when a change is announced, but
 * nothing announces that the feed has advanced.
 */
export async function changesJson(
  registry: Registry,
  tx: Transaction,
  code: string,
  language: Language,
): Promise<string> {
  const plan: FeedPlan = {
    after: undefined,
    resources: [],
    countries: [code],
    order: 'desc',
    limit: maxChanges,
    withUnsettled: true,
  }
  const rows = await tx.query<FeedRow>(feedStatement(plan))
  const data = rows.map((row) => summarize(registry, JSON.parse(changeJson(registry, row)), language))
  return JSON.stringify({ list: `/v1/changes?country=${code}&order=desc`, data })
}
