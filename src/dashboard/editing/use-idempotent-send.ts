import { useState } from 'preact/hooks'
import { ApiError, toApiError } from '../api/client.ts'
import type { RecordDocument } from '../api/types.ts'
import { newIdempotencyKey, type Write, writeApi } from '../api/write-api.ts'
import { currentKey } from '../session.ts'

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

interface IdempotentSend {
  /**
   * Sends a write with the idempotency key of the form, so the service applies only one of the form's writes. If it has already
   * applied an earlier one, whose response was lost, returns the record that this write saved. The form then continues from this
   * record, with a new key.
   * @throws ApiError, or any other error of `writeApi`, if the write fails. Idempotency keys belong to one API key. So if the user
   * has signed in with another key after a creation of unknown outcome, the next creation throws an error and is not sent.
   */
  sendIdempotently: (path: string, write: Write) => Promise<Saved>
  /** Whether a write of unknown outcome was sent. */
  isUncertain: () => boolean
}

/** A write of unknown outcome, with the API key that sent it. */
interface UncertainWrite {
  path: string
  write: Write
  apiKey: string | undefined
}

/** Returns the functions that send the writes of one form. */
export function createIdempotentSend(): IdempotentSend {
  let idempotencyKey = newIdempotencyKey()
  let uncertain: UncertainWrite[] = []
  const send = async (path: string, write: Write) =>
    // The cast is safe: tests validate the responses of the service against the OpenAPI document.
    (await writeApi(path, { ...write, idempotencyKey })) as RecordDocument
  const startAnew = () => {
    idempotencyKey = newIdempotencyKey()
    uncertain = []
  }

  /**
   * Sends the uncertain writes again: the one that the service has applied gets its stored response. Returns the record in this
   * response; undefined if there is no stored response.
   */
  const findSaved = async () => {
    for (const { path, write } of uncertain) {
      try {
        return await send(path, write)
      } catch (failure) {
        if (!isKeyReused(failure)) throw failure
      }
    }
    return undefined
  }
  const sendIdempotently = async (path: string, write: Write): Promise<Saved> => {
    const apiKey = currentKey()
    if (write.method === 'POST' && uncertain.some((earlier) => earlier.apiKey !== apiKey)) {
      startAnew()
      throw new ApiError(409, '', { type: 'sent-with-other-key' })
    }
    try {
      return { record: await send(path, write), isEarlier: false }
    } catch (failure) {
      if (isOutcomeUnknown(failure)) uncertain.push({ path, write, apiKey })
      if (!isKeyReused(failure)) throw failure
      const record = await findSaved()
      startAnew()
      // Each uncertain write was refused, also the one that was applied: its stored response was redacted, so its record is
      // unknown.
      if (!record) throw failure
      return { record, isEarlier: true }
    }
  }
  return { sendIdempotently, isUncertain: () => uncertain.length > 0 }
}

/** Returns the functions of `createIdempotentSend`, which stay the same while the form is shown. */
export const useIdempotentSend = (): IdempotentSend => useState(createIdempotentSend)[0]
