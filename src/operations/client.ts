import type { Owner } from '../database/shares/work.ts'

/** The client on whose behalf a request is made. The service limits and shares its capacity by client. */
export interface Client {
  /** Unique among clients: `key 0190…`, `key 0190… for reader-7`, `oidc <subject>` or `address 203.0.113.7`. */
  readonly name: string
  /**
   * The group of the client: for an end user (`Client-Id`), the API key of the request; for an IPv6 address, its /48 network;
   * otherwise the same as `name`. Capacity is also shared by group, so that a group gets little more by having many clients.
   */
  readonly group: string
  /** Whether the request has no key or token. */
  readonly isAnonymous: boolean
}

/** Returns the owner of the work for a client: whether it is anonymous, its group and its name. */
export const clientOwner = ({ name, group, isAnonymous }: Client): Owner => [
  isAnonymous ? 'anonymous' : 'authenticated',
  group,
  name,
]
