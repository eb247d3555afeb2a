/** The enumerations of the tables that belong to no resource: keys and revisions. */

/** Roles of keys and tokens. Each role includes the rights of those before it. */
export const roles = ['reader', 'editor', 'admin'] as const

/** The kinds of actors that change records: a key, a token of an OpenID Connect issuer, the seeds, a command of the command
 * line, or a client of the database that does not use the service. */
export const authorKinds = ['key', 'oidc', 'seed', 'command', 'database'] as const

/** The operations that make a revision of a record. */
export const changeKinds = ['create', 'replace', 'patch', 'remove', 'restore', 'redact', 'merge'] as const

/**
 * The states of an import: its file is uploaded, read into the database and checked (`staging`), has been (`staged`), its
 * records are written (`committing`), have been (`committed`), are taken back (`undoing`), or have been (`undone`).
 */
export const importStates = [
  'uploaded',
  'staging',
  'staged',
  'committing',
  'committed',
  'undoing',
  'undone',
  'failed',
] as const

/**
 * The states of a staged row: it can be written (`ready`), the mapping or the registry refuses it (`refused`, `blocked`), the
 * mapping leaves it out (`skipped`), or it waits for the record of another row (`waiting`).
 */
export const importRowStates = ['ready', 'refused', 'blocked', 'skipped', 'waiting'] as const

/** What an import has done to a record. `none`: the record was already so, or kept as others had changed it. */
export const importActions = ['create', 'change', 'none'] as const
