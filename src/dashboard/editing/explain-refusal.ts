import { ApiError } from '../api/client.ts'

/**
 * Returns the error to show after a write was refused. If the refusal is 412, since somebody else has saved the record meanwhile, the form
 * first takes over the saved version.
 * @param refusal the error of the write.
 * @param takeOver reads the saved version, and puts it into the form. Returns the type of the error to show; undefined if the read
 * returned the version that the form already has, which a replica that lags may still send.
 */
export async function explainRefusal(
  refusal: ApiError,
  takeOver: () => Promise<string | undefined>,
): Promise<ApiError> {
  if (refusal.status !== 412) return refusal
  try {
    const type = await takeOver()
    return type === undefined ? refusal : new ApiError(refusal.status, '', { type })
  } catch {
    // The error of the read would not say that nothing was written.
    return refusal
  }
}
