import { getLimit, getStringValues, invalidParameters } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import type { Endpoint } from '../../operations/operation.ts'
import { pageEnvelope } from '../../operations/page-envelope.ts'
import { changeJson, type FeedRow, feedStatement } from '../../query/revisions.ts'
import {
  beyondEndMessage,
  feedPage,
  feedParameters,
  isBeyondEnd,
  pageLimits,
  pageParameters,
  readAfter,
  readResources,
} from './contract.ts'

/** `GET /v1/changes`: every change of every record, once, for clients that follow the registry. */
export const changesEndpoint = (registry: Registry): Endpoint => ({
  method: 'GET',
  path: '/v1/changes',
  tag: 'registry',
  contract: {
    operationId: 'listChanges',
    summary: 'List all changes',
    description:
      'Every change of every record, each once, in an order that is the same for every reader. A client that sends `page.after` of one response as `after` of the next request misses no change. Citations that become visible because their source or record becomes public have no change. A change appears when its transaction, and every transaction that began to write before it, has ended. Changes of one record are in the order of its versions. `order=desc` returns the newest first: send `page.after` as `after` for older ones.',
    access: 'read',
    // The feed ends before the oldest running transaction, and a replica does not know all running transactions.
    replicas: false,
    query: { ...feedParameters(registry), ...pageParameters },
    headers: [],
    responses: {
      200: {
        description: 'Changes, the oldest first unless `order` is `desc`.',
        schema: () => feedPage,
        headers: {},
      },
    },
  },

  async handle({ query }, { database }) {
    const limit = getLimit(query, pageLimits)
    const start = readAfter(query)
    const order = getStringValues(query, 'order')[0] === 'desc' ? 'desc' : 'asc'
    const statement = feedStatement({
      after: start,
      resources: readResources(query),
      countries: getStringValues(query, 'country'),
      order,
      limit: limit + 1,
    })
    const rows = await database.read<FeedRow>(statement)
    if (rows.length === 0 && start && order === 'asc' && (await isBeyondEnd(database, start)))
      throw invalidParameters([{ parameter: 'after', code: 'unknown', message: beyondEndMessage }])
    const shown = rows.slice(0, limit)
    const after = shown.at(-1)?.position ?? getStringValues(query, 'after')[0] ?? null
    const page = { limit, after, more: (rows[0]?.found ?? 0) > shown.length }
    const data = shown.map((row) => changeJson(registry, row)).join(',')
    // Not stored: when a transaction ends, changes that waited for it become visible, and no notification announces this.
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: pageEnvelope(data, page) }
  },
})
