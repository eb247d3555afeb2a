import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { autocommitReads, type DatabaseClient } from '../../../database/database.ts'
import { eventStream } from '../../../operations/event-stream.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { type ImportJob, pendingStates, readImport, requireImport } from '../store.ts'
import { baseContract, importCollection, importToJson, readProblems, tag } from './contract.ts'

/** Milliseconds between two polls of an import. */
const intervalMs = 500

/** Number of polls after which a comment is sent if nothing has changed, so that proxies keep the connection open. */
const pollsPerHeartbeat = 30

const hasPendingWork = ({ state }: ImportJob) => pendingStates.includes(state)

/**
 * Yields an event with the import as it is now, and one for each change that a later poll finds, until the import has no pending
 * work.
 * @param database reads on the connections for streams.
 */
async function* events(database: DatabaseClient, id: string, stopped: AbortSignal): AsyncGenerator<string> {
  let sent = ''
  for (let polls = 1; !stopped.aborted; polls += 1) {
    const job = await readImport(autocommitReads(database), id)
    if (!job) return
    const current = importToJson(job)
    if (current !== sent) yield `event: import\ndata: ${current}\n\n`
    else if (polls % pollsPerHeartbeat === 0) yield ': still here\n\n'
    if (!hasPendingWork(job)) return
    sent = current
    await delay(intervalMs, undefined, { signal: stopped }).catch(() => {})
  }
}

/** `GET /v1/imports/{id}/events` */
export const importEvents: Endpoint = {
  method: 'GET',
  path: '/v1/imports/{id}/events',
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId: 'streamImport',
    summary: 'Stream the progress of an import',
    description:
      'Server-sent events named `import`, whose `data` is the import as in `GET /v1/imports/{id}`, at the start and at each change. The stream ends when the import has no pending work.',
    mediaType: 'text/event-stream',
    responses: {
      200: {
        description: 'Events, until there is no pending work.',
        schema: () => z.string().meta({ description: 'Server-sent events.' }),
        headers: {},
      },
    },
    problems: [...readProblems, 'busy'],
  },
  async handle(request, context) {
    const { key } = request
    const { database, streamDatabase, closing } = context
    await requireImport(autocommitReads(database), key)
    return eventStream(request, context, (disconnected) =>
      events(streamDatabase, key, AbortSignal.any([disconnected, closing])),
    )
  },
}
