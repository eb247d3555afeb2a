import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Registry } from '../../model/registry.ts'
import type { ApiRequest, Context, Endpoint } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import { type FeedPosition, feedStatement } from '../../query/revisions.ts'
import { afterIn, feedParameters, positionIn, resourcesIn } from './contract.ts'

/** Changes read by one statement. A slow client makes the service hold this many in memory. */
const batch = 50

/** Milliseconds after which the database is asked again although nothing was heard of a change: a transaction may have ended. */
const patience = 1000

/** Milliseconds of silence after which a comment shows that the connection still holds. */
const heartbeat = 15_000

/** Milliseconds that a client should wait before it reconnects (`retry` of server-sent events). */
const reconnection = 2000

interface Row {
  position: string
  document: string
}

/** A change as an event. A line break in JSON can only be white space, and would end the field. */
const eventOf = ({ position, document }: Row) =>
  `id: ${position}\nevent: change\ndata: ${document.replaceAll(/[\r\n]+/g, '')}\n\n`

/** Where a stream begins. @throws Problem `malformed-request` for a `Last-Event-ID` that is no position. */
function startOf({ headers, query }: ApiRequest): FeedPosition | undefined {
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
 * The events from a place on, without an end. The next ones are read when those before have been taken, so a client that
 * reads slowly makes the service wait and not hold more. Between two readings it holds no connection to the database.
 */
async function* events(request: ApiRequest, { database, changed, closing }: Context): AsyncGenerator<string> {
  const resources = resourcesIn(request.query)
  const gone = request.getAbortSignal()
  let after = startOf(request)
  let sent = performance.now()
  yield `retry: ${reconnection}\n\n`
  while (!gone.aborted && !closing.aborted) {
    // Begun before the reading, so that no change falls between the two.
    const news = changed(patience)
    const rows = await database.read<Row>(feedStatement({ after, resources, limit: batch }))
    const last = rows.at(-1)
    if (last) {
      after = positionIn(last.position)
      yield rows.map(eventOf).join('')
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

/** `GET /v1/changes/stream`: the same changes as they come, as server-sent events. */
export const changesStream = (registry: Registry): Endpoint => ({
  method: 'GET',
  path: '/v1/changes/stream',
  tag: 'registry',
  contract: {
    operationId: 'streamChanges',
    summary: 'Hear of all changes',
    description:
      'The changes of `GET /v1/changes` as server-sent events, as they come. A client that connects again with `Last-Event-ID`, as browsers do, misses nothing; the header goes before `after`. Clients that stop reading are dropped after five minutes.',
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
    startOf(request)
    const body = request.method === 'HEAD' ? [] : events(request, context)
    return {
      status: 200,
      // Whatever compresses or gathers would hold events back. The connection is of no more use afterwards.
      headers: { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no', connection: 'close' },
      type: 'text/event-stream; charset=utf-8',
      body: Readable.from(body),
    }
  },
})
