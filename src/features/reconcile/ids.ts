import type { RecordKey } from '../../model/keys.ts'

/** Identifiers of the reconciliation service: `countries:CHN`. Each resource is a type of the service. */

/** Returns the identifier of a record: `countries:CHN`. */
export const formatEntityId = ({ resource, key }: RecordKey): string => `${resource}:${key}`

/** Parses an identifier; undefined for a malformed one. */
export function parseEntityId(id: string): RecordKey | undefined {
  const { resource, key } = /^(?<resource>[a-z-]+):(?<key>[0-9A-Za-z-]{1,100})$/.exec(id)?.groups ?? {}
  return resource === undefined || key === undefined ? undefined : { resource, key }
}
