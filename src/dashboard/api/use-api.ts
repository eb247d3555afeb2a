import { readApi } from './client.ts'
import { type ApiState, useRead } from './use-read.ts'

/**
 * Reads a path of the API, and reads it again when the path changes and after each sign-in and write.
 * @param path null reads nothing.
 * @param options `isFresh`: do not accept a stale response from the service's cache.
 */
export const useApi = <Body>(path: string | null, { isFresh = false } = {}): ApiState<Body> =>
  useRead(path !== null && isFresh ? `${path}, fresh` : path, (language, signal) =>
    readApi<Body>(path ?? '', language, signal, isFresh),
  )
