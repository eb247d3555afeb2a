/** The closed lists of words in the registry's own tables: keys and revisions. */

/** What a key or a token allows; each role may also do what those before it may. */
export const roles = ['reader', 'editor', 'admin'] as const

/** The kinds of actors that change records: a key, a token of an OpenID Connect issuer, the seeds, or a client of the
 * database that does not use the service. */
export const authorKinds = ['key', 'oidc', 'seed', 'database'] as const

/** What has made a revision of a record. */
export const changeKinds = ['create', 'replace', 'patch', 'remove', 'restore', 'redact'] as const
