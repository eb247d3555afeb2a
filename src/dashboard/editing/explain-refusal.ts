import { ApiError } from '../api/client.ts'

/**
 * Reads the version that somebody else has saved, after a write was refused with 412.
 * @param refusal the error of the write.
 * @param read returns undefined if it gets the version that the form already has: a replica that lags may still send this version.
 * @returns the result of `read`; undefined if the refusal has another status, and if `read` throws: its error would not tell the user
 * that nothing was written.
 */
export async function readSaved<Saved>(
  refusal: ApiError,
  read: () => Promise<Saved | undefined>,
): Promise<Saved | undefined> {
  return refusal.status === 412 ? await read().catch(() => undefined) : undefined
}

/**
 * Returns the error to show after a write was refused. If somebody else has saved the record meanwhile (412), the form first takes
 * over the saved version.
 * @param refusal the error of the write.
 * @param takeOver reads the saved version as in `readSaved`, and puts it into the form. Returns the type of the error to show.
 */
export async function explainRefusal(
  refusal: ApiError,
  takeOver: () => Promise<string | undefined>,
): Promise<ApiError> {
  const type = await readSaved(refusal, takeOver)
  return type === undefined ? refusal : new ApiError(refusal.status, '', { type })
}
