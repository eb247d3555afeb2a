import { Readable } from 'node:stream'
import type { ApiRequest, ApiResponse, Context } from './operation.ts'

/** Calls `work` when a signal is aborted; at once if it is aborted already. */
export function onAbort(signal: AbortSignal, work: () => void): void {
  if (signal.aborted) work()
  else signal.addEventListener('abort', work, { once: true })
}

/**
 * Returns a response of server-sent events. Until the client disconnects, it counts as one of the streams of the client.
 * @param open returns the events. It gets a signal that is aborted when the client disconnects. It is not called for `HEAD`.
 * @throws Problem `rate-limited` or `busy` if there are too many streams.
 */
export function eventStream(
  request: ApiRequest,
  { streamLimit }: Pick<Context, 'streamLimit'>,
  open: (disconnected: AbortSignal) => AsyncIterable<Buffer | string>,
): ApiResponse {
  const begin = () => {
    const disconnected = request.getAbortSignal()
    onAbort(disconnected, streamLimit.acquire(request.client))
    return open(disconnected)
  }
  return {
    status: 200,
    // Compression and buffering would delay events. The connection is not used for other requests afterwards.
    headers: { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no', connection: 'close' },
    type: 'text/event-stream; charset=utf-8',
    body: Readable.from(request.method === 'HEAD' ? [] : begin()),
  }
}
