import { isDeepStrictEqual } from 'node:util'
import type { Case } from './cases.ts'
import { fetchText } from './fetch-text.ts'
import type { RequestTemplate } from './load.ts'
import type { Server } from './servers.ts'

async function fetchContent(
  server: Server,
  { method, path, body, headers = {} }: RequestTemplate,
): Promise<unknown> {
  const text = await fetchText(server.origin + path(1), { method, headers, ...(body && { body: body(1) }) })
  return JSON.parse(text, withoutAddedProperties)
}

/** Country, year and count of a group. The service has them in `key` and `measures`. */
function groupOf(group: object): unknown[] {
  const { key, measures, country, year, count } = Object(group)
  return key
    ? [key.country, key.signedYear, measures.count]
    : [country, year === null ? null : String(year), count]
}

/** Sorts groups, since groups with equal counts come in any order. */
const groupsOf = (groups: object[]): string[] => groups.map((group) => JSON.stringify(groupOf(group))).sort()

/** The parts of a response that must be equal: without cursors, the id and times of a created record, and the time of a patch. */
function contentOf(name: string, body: unknown): unknown {
  const { data, page, total, ...record } = Object(body)
  if (name === 'aggregate') return groupsOf(data)
  if (name === 'count') return { data, total: total ?? page.total.count }
  if (data) return data
  if (name === 'create') return { ...record, id: '', createdAt: '', updatedAt: '' }
  return name === 'patch' ? { ...record, updatedAt: '' } : record
}

/**
 * Properties that agreements did not have at commit c79015c, whose schema the hand-written server uses. These properties
 * have their defaults in the measured agreements.
 */
const addedProperties = [
  'visibility',
  'alternativeTitles',
  'adoptedOn',
  'depositary',
  'website',
  'territories',
]

const withoutAddedProperties = (key: string, value: unknown) =>
  addedProperties.includes(key) ? undefined : value

/** Sends one request of a case to the service and to the hand-written server. @throws when the responses differ in content. */
export async function requireSameContent(compared: Case, cold: Server, byHand: Server): Promise<void> {
  const [service, hand] = [compared.requests.cold, compared.requests['by hand']]
  if (!service || !hand) return
  const [left, right] = [await fetchContent(cold, service), await fetchContent(byHand, hand)].map((body) =>
    contentOf(compared.name, body),
  )
  if (!isDeepStrictEqual(left, right))
    throw new Error(
      `${compared.name}: the responses differ:\n${JSON.stringify(left).slice(0, 1500)}\n${JSON.stringify(right).slice(0, 1500)}`,
    )
}
