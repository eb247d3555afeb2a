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
 * The states of an import. `uploaded`: the file is still arriving, or the command line reads it. `staging`: the service
 * reads its rows into the database and checks them; `staged`: this is done. `committing`: the service writes the records;
 * `committed`: this is done. `undoing`: the service undoes these writes; `undone`: this is done. `failed`: a step has ended
 * with an error.
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
 * The states of a staged row. `ready`: it can be written. `refused`: the mapping refuses it, or an earlier row has the same
 * id. `blocked`: the registry refuses its record. `skipped`: the mapping leaves it out. `waiting`: it needs the record of
 * another row.
 */
export const importRowStates = ['ready', 'refused', 'blocked', 'skipped', 'waiting'] as const

/** Effect of an import on a record. `none`: the record already has the values of the row, or keeps its own values instead. */
export const importActions = ['create', 'change', 'none'] as const
