import { useRef } from 'preact/hooks'
import { toApiError } from '../api/client.ts'
import { newIdempotencyKey } from '../api/idempotency-key.ts'
import type { RecordDocument } from '../api/types.ts'
import { type Write, writeApi } from '../api/write-api.ts'

/** A record that was saved, and whether by an earlier write, whose response was lost. */
interface Saved {
  record: RecordDocument
  isEarlier: boolean
}

/** Whether the service may have done a write that failed: no response arrived, or a response (5xx) that does not tell. */
export const isOutcomeUnknown = (failure: unknown) => {
  const { status } = toApiError(failure)
  return status === 0 || status >= 500
}

/** Whether the service has done another write with the same idempotency key. */
const isOtherDone = (failure: unknown) => toApiError(failure).type === 'idempotency-key-reused'

/**
 * Returns a function that sends the writes of a form. All have the same idempotency key, so the service does only one of them.
 * If the service has done an earlier write, whose response was lost, the function returns the record that this write saved, and
 * the form continues from this record. `isUncertain` returns whether a write of unknown outcome was sent.
 * The function throws an `ApiError`, or any other error of `writeApi`, if the write fails.
 */
export function useSendOnce(): {
  sendOnce: (path: string, write: Write) => Promise<Saved>
  isUncertain: () => boolean
} {
  const idempotencyKey = useRef(newIdempotencyKey())
  const uncertain = useRef<[path: string, write: Write][]>([])
  const send = async (path: string, write: Write) =>
    // Tests validate the responses of the service against the OpenAPI document.
    (await writeApi(path, { ...write, idempotencyKey: idempotencyKey.current })) as RecordDocument

  /**
   * Sends the uncertain writes again: the one that the service has done gets its stored response. Returns the record in this
   * response; undefined if there is no stored response.
   */
  const findSaved = async () => {
    for (const [path, write] of uncertain.current) {
      try {
        return await send(path, write)
      } catch (failure) {
        if (!isOtherDone(failure)) throw failure
      }
    }
    return undefined
  }
  const sendOnce = async (path: string, write: Write): Promise<Saved> => {
    try {
      return { record: await send(path, write), isEarlier: false }
    } catch (failure) {
      if (isOutcomeUnknown(failure)) uncertain.current.push([path, write])
      if (!isOtherDone(failure)) throw failure
      const record = await findSaved()
      idempotencyKey.current = newIdempotencyKey()
      uncertain.current = []
      // The stored response was redacted.
      if (!record) throw failure
      return { record, isEarlier: true }
    }
  }
  return { sendOnce, isUncertain: () => uncertain.current.length > 0 }
}
