/** Identifiers of the reconciliation service: `countries:CHN`. Each resource is a type of the service. */

/** The resource and the key of a record. */
export interface EntityId {
  resource: string
  key: string
}

/** Returns the identifier of a record: `countries:CHN`. */
export const formatEntityId = ({ resource, key }: EntityId): string => `${resource}:${key}`

/** Parses an identifier; undefined for a malformed one. */
export function parseEntityId(id: string): EntityId | undefined {
  const { resource, key } = /^(?<resource>[a-z-]+):(?<key>[0-9A-Za-z-]{1,100})$/.exec(id)?.groups ?? {}
  return resource === undefined || key === undefined ? undefined : { resource, key }
}
