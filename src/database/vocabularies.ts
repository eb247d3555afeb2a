/** The enumerations of the tables that belong to no resource: keys, revisions and imports. */

/** Roles of keys and tokens. Each role includes the rights of the roles before it. */
export const roles = ['reader', 'editor', 'admin'] as const

/**
 * The kinds of actors that change records: a key, a token of an OpenID Connect issuer, seeds and generated data (`seed`),
 * another command of the command line, or a client of the database that does not use the service.
 */
export const authorKinds = ['key', 'oidc', 'seed', 'command', 'database'] as const

/** The operations that create a revision of a record. */
export const changeKinds = ['create', 'replace', 'patch', 'remove', 'restore', 'redact', 'merge'] as const

/**
 * The states of an import. `uploaded`: in spite of its name, the service is still receiving the file, or the command line is
 * reading it. `staging`: the file is complete, and its rows are read into the database and checked; `staged`: this is done.
 * `committing`: the records are written; `committed`: this is done. `undoing`: these writes are undone; `undone`: this is done.
 * `failed`: a step has ended with an error.
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
 * The states of a staged row. `ready`: it can be written. `refused`: staging refuses it, since the mapping finds a fault in it, or
 * an earlier row has the same id. `blocked`: the dry run or the commit refuses it, such as for an unresolved name, or for a record
 * that the registry refuses. `waiting`: the commit writes it in a later pass, since it needs the record of another row. `skipped`:
 * the mapping leaves it out. The lists of refused rows have the rows of all three: `refused`, `blocked` and `waiting`
 * (`refusedStates`).
 */
export const importRowStates = ['ready', 'refused', 'blocked', 'skipped', 'waiting'] as const

/** Effect of an import on a record. `none`: the record already has the values of the row, or keeps its own values instead. */
export const importActions = ['create', 'change', 'none'] as const
