import { readApi } from './client.ts'
import { type ApiState, useRead } from './use-read.ts'

/**
 * Reads a path of the API, and reads it again when the path or the language changes, and after each sign-in, sign-out and
 * write.
 * @param path if it is null, the hook sends no request.
 * @param options `requireFresh`: as in `readApi`.
 */
export const useApi = <Body>(path: string | null, { requireFresh = false } = {}): ApiState<Body> =>
  // Reads with equal names share their result, so a read that requires a fresh response has a name of its own.
  useRead(path !== null && requireFresh ? `${path}, fresh` : path, (language, signal) =>
    readApi<Body>(path ?? '', language, signal, requireFresh),
  )
