import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Registry } from '../../model/registry.ts'
import type { ApiRequest, Context, Endpoint } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import { type FeedPosition, feedStatement } from '../../query/revisions.ts'
import { afterIn, feedParameters, positionIn, resourcesIn } from './contract.ts'

/** Changes read by one statement. A slow client makes the service hold this many in memory. */
const batch = 50

/** Milliseconds after which the feed is read again without a notification, because a transaction may have ended. */
const patience = 1000

/** Milliseconds without events after which a comment is sent, so that the connection stays open. */
const heartbeat = 15_000

/** Milliseconds that a client should wait before it reconnects (`retry` of server-sent events). */
const reconnection = 2000

interface Row {
  position: string
  document: string
}

/** A change as an event. A line break in JSON can only be white space, and would end the field. */
const toEvent = ({ position, document }: Row) =>
  `id: ${position}\nevent: change\ndata: ${document.replaceAll(/[\r\n]+/g, '')}\n\n`

/** Returns the position where a stream begins. @throws Problem `malformed-request` for a `Last-Event-ID` that is no position. */
function readStart({ headers, query }: ApiRequest): FeedPosition | undefined {
  const last = headers['last-event-id']?.trim()
  if (last === undefined || last === '') return afterIn(query)
  const position = positionIn(last)
  if (position) return position
  const message = 'must be the id of an event of this stream, such as 1234.56'
  throw new Problem('malformed-request', 'The header Last-Event-ID cannot be read.', {
    errors: [{ header: 'Last-Event-ID', code: 'invalid', message }],
  })
}

/**
 * Yields the events after a position, without end. It reads the next events when the client has received the earlier ones,
 * so a slow client costs no memory. Between two reads it holds no database connection.
 */
async function* events(request: ApiRequest, { database, changed, closing }: Context): AsyncGenerator<string> {
  const resources = resourcesIn(request.query)
  const gone = request.getAbortSignal()
  let after = readStart(request)
  let sent = performance.now()
  yield `retry: ${reconnection}\n\n`
  while (!gone.aborted && !closing.aborted) {
    // Starts before the read, so that no change between the two is missed.
    const news = changed(patience)
    const rows = await database.read<Row>(feedStatement({ after, resources, limit: batch }))
    const last = rows.at(-1)
    if (last) {
      after = positionIn(last.position)
      yield rows.map(toEvent).join('')
      sent = performance.now()
    } else if (performance.now() - sent >= heartbeat) {
      yield ': still here\n\n'
      sent = performance.now()
    }
    if (rows.length < batch) await news
  }
}

const stream = z.string().meta({
  description:
    'Server-sent events named `change`: `id` is the position, `data` the JSON of a change as in `GET /v1/changes`. Comments are sent when there is nothing else to send.',
})

/** `GET /v1/changes/stream`: the same changes as server-sent events, as they happen. */
export const changesStream = (registry: Registry): Endpoint => ({
  method: 'GET',
  path: '/v1/changes/stream',
  tag: 'registry',
  contract: {
    operationId: 'streamChanges',
    summary: 'Stream all changes',
    description:
      'The changes of `GET /v1/changes` as server-sent events, as they happen. A client that reconnects with `Last-Event-ID`, as browsers do, misses no change; the header takes precedence over `after`. A client that stops reading is disconnected after five minutes.',
    access: 'read',
    cache: false,
    query: feedParameters(registry),
    headers: [
      {
        name: 'Last-Event-ID',
        presence: 'optional',
        description: 'The `id` of the last event that was received.',
        example: '1234.56',
      },
    ],
    mediaType: 'text/event-stream',
    answers: {
      200: {
        description: 'Events, until either side ends the connection.',
        schema: () => stream,
        headers: {},
      },
    },
    problems: ['malformed-request', 'invalid-parameter', 'not-acceptable'],
  },

  async handle(request, context) {
    readStart(request)
    const body = request.method === 'HEAD' ? [] : events(request, context)
    return {
      status: 200,
      // Compression and buffering would delay events. The connection cannot be used again afterwards.
      headers: { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no', connection: 'close' },
      type: 'text/event-stream; charset=utf-8',
      body: Readable.from(body),
    }
  },
})
