import { ApiError, sendRequest } from '../api/client.ts'
import type { ImportJob } from '../api/types.ts'

/**
 * Yields an import as it is now, and again after each change, from server-sent events, until the service ends the stream. It
 * does not use `EventSource`, which cannot send the key.
 * @throws ApiError for an error response, and when the connection is lost; the reason of an aborted signal.
 */
export async function* readImportEvents(id: string, signal: AbortSignal): AsyncGenerator<ImportJob> {
  const response = await sendRequest(`/v1/imports/${id}/events`, {
    headers: { accept: 'text/event-stream' },
    signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  let text = ''
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (signal.aborted) throw error
      throw new ApiError(0, '')
    })
    if (done) return
    const events = (text + value).split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1]
      // Tests validate the responses of the service against the OpenAPI document.
      if (data !== undefined) yield JSON.parse(data) as ImportJob
    }
  }
}
