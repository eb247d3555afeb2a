/** Identifiers of the reconciliation service: `countries:CHN`. Resources are the types. */

/** A record of a resource. */
export interface EntityId {
  resource: string
  key: string
}

export const writeId = ({ resource, key }: EntityId): string => `${resource}:${key}`

/** Parses an identifier; undefined for a malformed one. */
export function readId(id: string): EntityId | undefined {
  const { resource, key } = /^(?<resource>[a-z-]+):(?<key>[0-9A-Za-z-]{1,100})$/.exec(id)?.groups ?? {}
  return resource === undefined || key === undefined ? undefined : { resource, key }
}
