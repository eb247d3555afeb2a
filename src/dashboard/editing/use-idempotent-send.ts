import { useRef } from 'preact/hooks'
import { toApiError } from '../api/client.ts'
import type { RecordDocument } from '../api/types.ts'
import { newIdempotencyKey, type Write, writeApi } from '../api/write-api.ts'

/** A record that was saved, and whether by an earlier write, whose response was lost. */
interface Saved {
  record: RecordDocument
  isEarlier: boolean
}

/** Whether it is unknown if the service has applied a write: no complete response arrived, or the status is 5xx. */
export const isOutcomeUnknown = (failure: unknown) => {
  const { status } = toApiError(failure)
  return status === 0 || status >= 500
}

/** Whether the service has already used the idempotency key: for another write, or for one whose stored response was redacted. */
const isKeyReused = (failure: unknown) => toApiError(failure).type === 'idempotency-key-reused'

/**
 * Returns a function that sends the writes of a form. They have the same idempotency key, so the service applies only one of
 * them. If the service has applied an earlier write, whose response was lost, the function returns the record that this write
 * saved. The form then continues from this record, with a new key. `isUncertain` returns whether a write of unknown outcome was
 * sent.
 * The function throws an `ApiError`, or any other error of `writeApi`, if the write fails.
 */
export function useIdempotentSend(): {
  sendIdempotently: (path: string, write: Write) => Promise<Saved>
  isUncertain: () => boolean
} {
  const idempotencyKey = useRef(newIdempotencyKey())
  const uncertain = useRef<[path: string, write: Write][]>([])
  const send = async (path: string, write: Write) =>
    // The cast is safe: tests validate the responses of the service against the OpenAPI document.
    (await writeApi(path, { ...write, idempotencyKey: idempotencyKey.current })) as RecordDocument

  /**
   * Sends the uncertain writes again: the one that the service has applied gets its stored response. Returns the record in this
   * response; undefined if there is no stored response.
   */
  const findSaved = async () => {
    for (const [path, write] of uncertain.current) {
      try {
        return await send(path, write)
      } catch (failure) {
        if (!isKeyReused(failure)) throw failure
      }
    }
    return undefined
  }
  const sendIdempotently = async (path: string, write: Write): Promise<Saved> => {
    try {
      return { record: await send(path, write), isEarlier: false }
    } catch (failure) {
      if (isOutcomeUnknown(failure)) uncertain.current.push([path, write])
      if (!isKeyReused(failure)) throw failure
      const record = await findSaved()
      idempotencyKey.current = newIdempotencyKey()
      uncertain.current = []
      // Each uncertain write was refused, also the one that was applied: its stored response was redacted, so its record is
      // unknown.
      if (!record) throw failure
      return { record, isEarlier: true }
    }
  }
  return { sendIdempotently, isUncertain: () => uncertain.current.length > 0 }
}
