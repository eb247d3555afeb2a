import { readApi } from './client.ts'
import { type ApiState, useRead } from './use-read.ts'

/**
 * Reads a path of the API, again when the path changes, and after sign-ins and writes. Null reads nothing.
 * @param options `isFresh` takes no stored response of the service.
 */
export const useApi = <Body>(path: string | null, { isFresh = false } = {}): ApiState<Body> =>
  useRead(path !== null && isFresh ? `${path}, fresh` : path, (language, signal) =>
    readApi<Body>(path ?? '', language, signal, isFresh),
  )
