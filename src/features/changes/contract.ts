import { z } from 'zod'
import type { DatabaseClient } from '../../database/database.ts'
import { keys } from '../../model/keys.ts'
import {
  cursorParameter,
  limitParameter,
  multiValueParameter,
  type Parameter,
  singleValueParameter,
} from '../../model/parameters.ts'
import { type CheckedQuery, getStringValues } from '../../model/query-string.ts'
import { type Registry, resourceNameSchema } from '../../model/registry.ts'
import { registerResponseSchema } from '../../model/schema-names.ts'
import { recordChange, revisionExample } from '../../operations/revision-schema.ts'
import { type FeedPosition, type FeedState, feedStateStatement } from '../../query/revisions.ts'

/** The contract of the pages of the feed of changes, and what the stream of the feed shares with them. */

const positionPattern = /^(\d{1,18})\.(\d{1,18})$/

/** Parses a position of the feed. Returns undefined for any other text. */
export function parseFeedPosition(text: string): FeedPosition | undefined {
  const [, transaction, sequence] = positionPattern.exec(text) ?? []
  return transaction === undefined || sequence === undefined ? undefined : { transaction, sequence }
}

/** Schema of a position of the feed. */
export const feedPosition = z.string().regex(positionPattern, {
  error: ({ input }) =>
    /^\d{4}-/.test(String(input))
      ? 'must be a position of this feed, such as 1234.56; to find what has changed since a time, filter a list by updatedAt'
      : 'must be a position of this feed, such as 1234.56: send it unchanged',
})

const cursor = cursorParameter(
  feedPosition,
  'The `position` of the last change that was read. Without it, reading starts at the beginning.',
)

/** Parameters of the feed. */
export const feedParameters = (registry: Registry): Record<string, Parameter> => ({
  after: {
    ...cursor,
    otherNames: [...(cursor.otherNames ?? []), 'since', 'from'],
  },
  resource: multiValueParameter(
    resourceNameSchema(registry),
    'Resources whose changes are wanted, separated by commas; all when left out.',
  ),
})

/** Returns the resources of a query; an empty array means all. */
export const readResources = (query: CheckedQuery): string[] =>
  [...new Set(getStringValues(query, 'resource'))].sort()

/** Returns the position after which a query continues; undefined if it starts at the beginning of its order. */
export const readAfter = (query: CheckedQuery): FeedPosition | undefined =>
  parseFeedPosition(getStringValues(query, 'after')[0] ?? '')

/** The message about a position for which `isBeyondEnd` is true, without the name of its parameter or header in front. */
export const beyondEndMessage =
  'is beyond the end of the feed, so it is from another registry, or the registry was restored to an earlier state: read the feed again from its start'

/** Whether a position is beyond the end of the feed: this registry has never returned it, or has lost the change. */
export async function isBeyondEnd(database: DatabaseClient, position: FeedPosition): Promise<boolean> {
  const [row] = await database.read<FeedState>(feedStateStatement(position))
  return row?.isBeyond === true
}

const example = {
  position: '1234.56',
  resource: 'agreements',
  key: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
  ...revisionExample,
  document: { id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90', version: 2 },
}

/** Schema of the resource of a change. No enumeration, since an older version of the service may read changes of a new resource. */
export const changedResource = z.string().meta({
  description:
    'The resource of the record. During an upgrade, it may be one that only the newer version of the service has.',
})

const feedChange = registerResponseSchema(
  'FeedChange',
  z
    .intersection(
      recordChange,
      z.strictObject({
        position: feedPosition.meta({ description: 'Position of the change in the feed, for `after`.' }),
        resource: changedResource,
        key: z.string().meta({ description: 'The key of the record.' }),
        document: z.record(z.string(), z.unknown()).meta({
          description: 'The record at this version; for a removal, the record that was removed.',
        }),
      }),
    )
    .meta({ description: 'A change to a record, with the record.', examples: [example] }),
)

/** Default and maximum number of changes per page. */
export const pageLimits = { defaultSize: 100, maxSize: 500 } as const

/** Parameters of a page of changes, other than those of the feed. */
export const pageParameters: Record<string, Parameter> = {
  order: singleValueParameter(
    z.enum(['asc', 'desc']),
    '`asc`, the order of the feed, when left out. `desc` begins with the newest change; then `after` leads to older ones.',
  ),
  country: multiValueParameter(
    keys.country(),
    'Countries that the record named at that version: as a participant, host or location, or in a property `country`, directly or through an organization. A country names itself. Changes of citations are not selected.',
  ),
  limit: limitParameter('Changes per page', pageLimits),
}

/** Schema of a page of changes. */
export const feedPage = registerResponseSchema(
  'FeedPage',
  z
    .strictObject({
      data: z.array(feedChange),
      page: z.strictObject({
        limit: z.int().min(1).meta({ description: 'Maximum number of changes per page.' }),
        after: feedPosition.nullable().meta({
          description:
            'Value of `after` for the next request, which in the order `asc` may be sent at any later time. Null if no change has matched yet.',
        }),
        more: z.boolean().meta({ description: 'Whether more changes can be read immediately.' }),
      }),
    })
    .meta({
      description: 'Changes in the order of the feed, or the newest first.',
      examples: [{ data: [example], page: { limit: 100, after: '1234.56', more: false } }],
    }),
)
