import { z } from 'zod'
import type { DatabaseClient } from '../../database/database.ts'
import { invalidParameters } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import { eventStream, onAbort } from '../../operations/event-stream.ts'
import type { ApiRequest, Endpoint } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import type { FeedPosition } from '../../query/revisions.ts'
import {
  beyondEndMessage,
  feedParameters,
  isBeyondEnd,
  parseFeedPosition,
  readAfter,
  readResources,
} from './contract.ts'
import { ChangeFeed, type EventPage, toOffset } from './feed.ts'

/** Milliseconds that a client should wait before it reconnects (`retry` of server-sent events). */
const retryMs = 2000

/**
 * Returns the position after which a stream begins; undefined if it begins with the first change.
 * @throws Problem `malformed-request` for an invalid `Last-Event-ID`.
 */
function readStart({ headers, query }: ApiRequest): FeedPosition | undefined {
  const last = headers['last-event-id']?.trim()
  if (last === undefined || last === '') return readAfter(query)
  const position = parseFeedPosition(last)
  if (position) return position
  throw invalidHeader('invalid', 'must be the id of an event of this stream, such as 1234.56')
}

const invalidHeader = (code: string, message: string) =>
  new Problem('malformed-request', 'The header Last-Event-ID is invalid.', {
    errors: [{ header: 'Last-Event-ID', code, message }],
  })

/**
 * Checks the position after which a stream begins.
 * @throws Problem `malformed-request` or `invalid-parameter` for an invalid position, and for one beyond the end of the feed.
 */
async function checkStart(request: ApiRequest, database: DatabaseClient): Promise<void> {
  const start = readStart(request)
  if (!start || !(await isBeyondEnd(database, start))) return
  throw request.headers['last-event-id']?.trim()
    ? invalidHeader('unknown', beyondEndMessage)
    : invalidParameters([{ parameter: 'after', code: 'unknown', message: beyondEndMessage }])
}

/**
 * Yields the events of a stream until the client disconnects, the service closes, or the feed may have moved back: then the
 * position of the client may be beyond the end, which is refused when it reconnects. Each page is read when the client has
 * received the previous page, so a slow client has one page in memory, and holds no database connection between two pages.
 * Until a page ends at the end of the feed, pages come only from the database, since a change in memory may be outdated: its record
 * may have been redacted or made internal after the change was read. Pages from memory accept this for at most `maxEventAgeMs`.
 */
async function* events(
  request: ApiRequest,
  feed: ChangeFeed,
  disconnected: AbortSignal,
  hasEnded: () => boolean,
): AsyncGenerator<Buffer | string> {
  const resources = readResources(request.query)
  let after = toOffset(readStart(request))
  let { heartbeats } = feed
  let isAtEnd = false
  yield `retry: ${retryMs}\n\n`
  while (!hasEnded()) {
    const live: EventPage | undefined = isAtEnd ? feed.read(after, resources) : undefined
    const { bytes, offset, isLast }: EventPage = live ?? (await feed.readPage(after, resources, disconnected))
    after = offset
    isAtEnd = isLast
    if (bytes.length > 0) yield bytes
    else if (feed.heartbeats > heartbeats) yield ': still here\n\n'
    else {
      // After a page from the database, memory is checked first, since a change may have arrived meanwhile.
      if (live || !feed.hasFoundEnd) await feed.waitForWakeUp(disconnected)
      continue
    }
    heartbeats = feed.heartbeats
  }
}

const stream = z.string().meta({
  description:
    'Server-sent events named `change`: `id` is the position, `data` the JSON of a change as in `GET /v1/changes`. Comments are sent when there is nothing else to send.',
})

/** `GET /v1/changes/stream`: the changes of `GET /v1/changes` as server-sent events, as they happen. */
export const changesStreamEndpoint = (registry: Registry): Endpoint => {
  // One feed for all clients that see the same records.
  const feeds = new WeakMap<DatabaseClient, ChangeFeed>()
  return {
    method: 'GET',
    path: '/v1/changes/stream',
    tag: 'registry',
    contract: {
      operationId: 'streamChanges',
      summary: 'Stream all changes',
      description:
        'The changes of `GET /v1/changes` as server-sent events, as they happen. A client that reconnects with `Last-Event-ID`, as browsers do, misses no change; the header takes precedence over `after`. A client that reads waiting changes too slowly is disconnected, and every client after the maximum duration of a transfer (`MAX_TRANSFER_SECONDS`, an hour by default). The numbers of streams per client and in total are limited.',
      access: 'read',
      // The feed ends before the oldest running transaction, and a replica does not know all running transactions.
      replicas: false,
      cache: false,
      query: feedParameters(registry),
      headers: [
        {
          name: 'Last-Event-ID',
          description: 'The `id` of the last event that was received.',
          example: '1234.56',
        },
      ],
      mediaType: 'text/event-stream',
      responses: {
        200: {
          description: 'Events, until either side ends the connection.',
          schema: () => stream,
          headers: {},
        },
      },
      problems: ['busy'],
    },

    async handle(request, context) {
      const feed = feeds.get(context.streamDatabase) ?? new ChangeFeed(registry, context)
      feeds.set(context.streamDatabase, feed)
      // Read before the check of the position, so that every later reset ends the stream.
      const { resets } = feed
      await checkStart(request, context.database)
      return eventStream(request, context, (disconnected) => {
        onAbort(disconnected, feed.open())
        const hasEnded = () => disconnected.aborted || context.closing.aborted || feed.resets !== resets
        return events(request, feed, disconnected, hasEnded)
      })
    },
  }
}
