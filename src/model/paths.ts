import type { RecordKey } from './keys.ts'

/** Paths of lists and records in the API. */

/** Returns the path of a list request. @param query the query string, without `?`; empty for none. */
export const listPath = ({ name }: { name: string }, query = ''): string =>
  query === '' ? `/v1/${name}` : `/v1/${name}?${query}`

/** Returns the path of a record. Keys have no characters that must be percent-encoded. */
export const recordPath = ({ resource, key }: RecordKey): string => `/v1/${resource}/${key}`
