/** The enumerations of the tables that belong to no resource: keys and revisions. */

/** Roles of keys and tokens. Each role includes the rights of those before it. */
export const roles = ['reader', 'editor', 'admin'] as const

/** The kinds of actors that change records: a key, a token of an OpenID Connect issuer, the seeds, or a client of the
 * database that does not use the service. */
export const authorKinds = ['key', 'oidc', 'seed', 'database'] as const

/** The operations that make a revision of a record. */
export const changeKinds = ['create', 'replace', 'patch', 'remove', 'restore', 'redact', 'merge'] as const
