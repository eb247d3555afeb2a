/** The closed lists of words in the registry's own tables: keys and revisions. */

/** What a key or a token allows; each role may also do what those before it may. */
export const roles = ['reader', 'editor', 'admin'] as const

/** As whom somebody changes records: by a key, by a token of an OpenID Connect issuer, the registry by its own seeds, or
 * somebody past the service, in the database. */
export const authorKinds = ['key', 'oidc', 'seed', 'database'] as const

/** What has made a revision of a record. */
export const changeKinds = ['create', 'replace', 'patch', 'remove', 'restore'] as const
