import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytesColumn, instantColumn, oneOf, uuidKey } from '../columns.ts'
import { importActions, importRowStates, importStates } from '../vocabularies.ts'
import type { Author } from './revisions.ts'

/**
 * Imports of files. The rows of these tables belong to no record, so readers without a role see none. The tables have
 * no history: the history has the records that imports write.
 */

const importColumn = () => uuid('import').notNull()

/** An import: the file, its mapping, its progress, and its result. */
export const imports = pgTable(
  'imports',
  {
    id: uuidKey(),
    /** The register that the file is from: the scheme of the external ids of its records. */
    scheme: text('scheme').notNull(),
    state: text('state', { enum: importStates }).notNull(),
    /** The text of the mapping, as it was sent. */
    mapping: text('mapping').notNull(),
    /** Name, size and SHA-256 of each file; the first has the rows. */
    files: json('files').$type<{ name: string; bytes: number; sha256: string }[]>().notNull(),
    /** The detected format, encoding, dialect and columns. The database column has the former name of the property. */
    fileInfo: json('facts'),
    /**
     * Whether the import is committed directly after staging, without a dry run and without another request. The column has the
     * former name of the property.
     */
    autoCommit: boolean('commits_itself').notNull().default(false),
    /** Number of rows, once the file has been read to its end. */
    rowsRead: integer('rows_read'),
    /**
     * The position of the last processed row of the current pass. In later passes of a commit, the number of processed rows;
     * during an undo, the number of undone entries.
     */
    doneThrough: integer('done_through').notNull().default(0),
    /**
     * Number of the current pass over the rows. In a commit, later passes write the rows that wait for records of other rows.
     * Before the commit, each reading of the file, each decision about names and each restart of an interrupted dry run begins a
     * new pass.
     */
    pass: integer('pass').notNull().default(0),
    counts: json('counts').notNull().default({}),
    report: json('report'),
    /** The key of the source record that describes the import; null until a record of a row is written. */
    source: text('source'),
    /** Who started the import, and the id of the request. */
    actor: json('actor').$type<Author>().notNull(),
    requestId: text('request_id'),
    /** Who last started a commit or an undo, and the id of the request; null until somebody does. */
    stepActor: json('step_actor').$type<Author>(),
    stepRequestId: text('step_request_id'),
    /** Why the import has failed, as text for people. */
    failure: text('failure'),
    /** Whether the staged rows that are no longer needed have been removed, or the deletion of the import has begun. */
    cleared: boolean('cleared').notNull().default(false),
    createdAt: instantColumn('created_at').notNull().default(sql`now()`),
    stagedAt: instantColumn('staged_at'),
    committedAt: instantColumn('committed_at'),
    undoneAt: instantColumn('undone_at'),
  },
  (table) => [
    oneOf('imports_state_known', table.state, importStates),
    index('imports_scheme').on(table.scheme, table.id),
    index('imports_state').on(table.state),
  ],
)

/** The foreign key of the rows of a table, which are deleted with their import. */
const importForeignKey = (tableName: string, column: AnyPgColumn) =>
  foreignKey({ name: `${tableName}_import`, columns: [column], foreignColumns: [imports.id] }).onDelete(
    'cascade',
  )

/** The bytes of uploaded files, in parts, until their rows are staged. */
export const importFiles = pgTable(
  'import_files',
  {
    import: importColumn(),
    /** Number of the file; file 0 has the rows. */
    file: integer('file').notNull(),
    part: integer('part').notNull(),
    bytes: bytesColumn('bytes').notNull(),
  },
  (table) => [
    primaryKey({ name: 'import_files_pkey', columns: [table.import, table.file, table.part] }),
    importForeignKey('import_files', table.import),
  ],
)

/** The original rows of a file, and the drafts from the mapping. There is no foreign key, since its check would slow COPY. */
export const importRows = pgTable(
  'import_rows',
  {
    import: importColumn(),
    /** Number of the row in the import, from 1. */
    position: integer('position').notNull(),
    /** Location of the row in the file, for people. */
    locator: text('locator').notNull(),
    state: text('state', { enum: importRowStates }).notNull(),
    values: json('values').notNull(),
    /** For each of the row's records, one text with the resource and the folded external id. */
    ids: text('ids').array(),
    /** The drafts of the row's records. The first one has the values of the row that were dropped, as `dropped`. */
    drafts: json('drafts'),
    /** Why the row is refused or blocked, or which of its values were dropped. */
    faults: json('faults'),
  },
  (table) => [
    primaryKey({ name: 'import_rows_pkey', columns: [table.import, table.position] }),
    oneOf('import_rows_state_known', table.state, importRowStates),
    index('import_rows_open')
      .on(table.import, table.state, table.position)
      .where(sql`${table.state} <> 'ready'`),
  ],
)

/** The mentions of records by name or code in an import's rows, each once, and the records to which they were resolved. */
export const importNames = pgTable(
  'import_names',
  {
    import: importColumn(),
    /** Hash of the mention. */
    identity: text('identity').notNull(),
    mention: json('mention').notNull(),
    /** Number of rows with the mention. */
    rows: integer('rows').notNull(),
    /** The result of the resolution; null before the resolution. */
    status: text('status'),
    key: text('key'),
    candidates: json('candidates'),
  },
  (table) => [
    primaryKey({ name: 'import_names_pkey', columns: [table.import, table.identity] }),
    importForeignKey('import_names', table.import),
  ],
)

/**
 * The records of the register that earlier files had and this file does not have. Both the dry run and the commit compute
 * them.
 */
export const importMissing = pgTable(
  'import_missing',
  {
    import: importColumn(),
    resource: text('resource').notNull(),
    key: text('key').notNull(),
    /** The id in the register. */
    externalId: text('external_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'import_missing_pkey', columns: [table.import, table.resource, table.key] }),
    importForeignKey('import_missing', table.import),
  ],
)

/** The decisions of people about names, for all imports of a scheme. */
export const importDecisions = pgTable(
  'import_decisions',
  {
    scheme: text('scheme').notNull(),
    /** Hash of the resource, the name, the country and the scheme of the name or code. */
    identity: text('identity').notNull(),
    resource: text('resource').notNull(),
    name: text('name').notNull(),
    country: text('country'),
    /** The key of the record; null when the name matches no record and is left out. */
    key: text('key'),
    actor: json('actor').$type<Author>().notNull(),
    decidedAt: instantColumn('decided_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ name: 'import_decisions_pkey', columns: [table.scheme, table.identity] })],
)

/**
 * The changes of each record by imports. For each record and scheme, the last entry has the hashes of the last values in files.
 * A later import compares them with the hashes of the stored values, to find the values that something other than an
 * import of the scheme has set.
 */
export const importRecords = pgTable(
  'import_records',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    import: importColumn(),
    scheme: text('scheme').notNull(),
    resource: text('resource').notNull(),
    key: text('key').notNull(),
    /** The row with the record; null for a record that no row describes, such as the source of the import. */
    row: integer('row'),
    action: text('action', { enum: importActions }).notNull(),
    /** The record's version before the import; null if the import created the record. */
    versionBefore: integer('version_before'),
    versionAfter: integer('version_after').notNull(),
    /** Hash of all values of the row for this record. Empty without a row, and after a redaction of the record. */
    digest: text('digest').notNull(),
    /**
     * Hash of the last value of each property: from this row, or from an earlier one if this row has no value. Empty if
     * a redaction has removed the value: then the value of the record counts as set by others.
     */
    properties: json('properties').$type<Record<string, string>>().notNull(),
    /**
     * Properties that the import did not change: something other than an import of the scheme had changed them, or they have a
     * value from an earlier file and the row has none.
     */
    kept: text('kept').array(),
    /** Key of the citation that names the row. */
    citation: text('citation'),
    undone: boolean('undone').notNull().default(false),
  },
  (table) => [
    oneOf('import_records_action_known', table.action, importActions),
    index('import_records_import_index').on(table.import, table.sequence),
    index('import_records_record').on(table.resource, table.key, table.scheme, table.sequence),
  ],
)
