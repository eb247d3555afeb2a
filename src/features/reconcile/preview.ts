import { escapeHtml } from '../../formats/html.ts'
import type { RecordKey } from '../../model/keys.ts'
import type { ApiFetch } from '../api-fetch.ts'
import { findNamedRecord } from './named-record.ts'

/** Properties that a preview shows in addition to the name, if the record has them. */
const shownProperties = [
  'officialName',
  'acronym',
  'kind',
  'country',
  'region',
  'validFrom',
  'validTo',
  'signedOn',
]

/** The resources to which shown properties refer. */
const referredResources: Record<string, string> = { country: 'countries', region: 'regions' }

/**
 * Returns the preview of a record, an HTML page for a frame of the size that `manifest.ts` states; undefined if there is no such
 * record.
 * @throws ApiResponseError when the API refuses the request, such as above a rate limit.
 */
export async function makePreview(api: ApiFetch, entity: RecordKey): Promise<string | undefined> {
  const { resource, key } = entity
  const found = await findNamedRecord(api, entity)
  if (!found) return undefined
  const { names = {}, ...record } = found
  const name = String(record.name ?? record.title ?? key)
  const lines = shownProperties.flatMap((property) => {
    const value = record[property]
    if (typeof value !== 'string') return []
    const shown = names[referredResources[property] ?? '']?.[value] ?? value
    return [`<dt>${property}</dt><dd>${escapeHtml(shown)}</dd>`]
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(name)}</title><body><h1>${escapeHtml(name)}</h1><p>${escapeHtml(resource)} ${escapeHtml(key)}</p><dl>${lines.join('')}</dl></body></html>`
}
