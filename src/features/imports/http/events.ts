import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type DatabaseClient, singleReads } from '../../../database/database.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { type ImportRecord, readImport } from '../store.ts'
import {
  baseContract,
  importCollection,
  importNotFound,
  importToJson,
  readProblems,
  tag,
} from './contract.ts'

/** Milliseconds between two reads of an import. */
const intervalMs = 500

/** Number of reads without a change after which a comment is sent, so that proxies keep the connection open. */
const looksPerHeartbeat = 30

const isRunning = ({ state }: ImportRecord) =>
  ['uploaded', 'staging', 'committing', 'undoing'].includes(state)

/** Yields an event for each change of an import, until nothing more happens by itself. */
async function* events(database: DatabaseClient, id: string, stopped: AbortSignal): AsyncGenerator<string> {
  let sent = ''
  for (let looks = 1; !stopped.aborted; looks += 1) {
    const imported = await readImport(singleReads(database), id)
    if (!imported) return
    const shown = importToJson(imported)
    if (shown !== sent) yield `event: import\ndata: ${shown}\n\n`
    else if (looks % looksPerHeartbeat === 0) yield ': still here\n\n'
    if (!isRunning(imported)) return
    sent = shown
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
      'Server-sent events named `import`, whose `data` is the import as in `GET /v1/imports/{id}`, as it goes on. The stream ends when nothing more happens without a person.',
    mediaType: 'text/event-stream',
    responses: {
      200: {
        description: 'Events, until the step is done or the client leaves.',
        schema: () => z.string().meta({ description: 'Server-sent events.' }),
        headers: {},
      },
    },
    problems: [...readProblems, 'rate-limited', 'busy'],
  },
  async handle(request, { database, streamLimit, closing }) {
    const { key, method } = request
    if (!(await readImport(singleReads(database), key))) throw importNotFound(key)
    const disconnected = request.getAbortSignal()
    const release = method === 'HEAD' ? () => {} : streamLimit.acquire(request.client)
    if (disconnected.aborted) release()
    else disconnected.addEventListener('abort', release, { once: true })
    return {
      status: 200,
      headers: { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no', connection: 'close' },
      type: 'text/event-stream; charset=utf-8',
      body: Readable.from(
        method === 'HEAD' ? [] : events(database, key, AbortSignal.any([disconnected, closing])),
      ),
    }
  },
}
