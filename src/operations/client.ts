/** Whose work a request is. Limits and shares of the service are by client. */
export interface Client {
  /** Unique among clients: `key 0190…`, `key 0190… for reader-7`, `oidc <subject>` or `address 203.0.113.7`. */
  readonly name: string
  /**
   * What the client belongs to, so that many clients of one group get no more than a few: the key of an end client, the
   * /48 network of an IPv6 address; otherwise the same as `name`.
   */
  readonly group: string
  /** Whether the request has no key or token. */
  readonly isAnonymous: boolean
}
