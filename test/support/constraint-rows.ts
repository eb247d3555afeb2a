import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { recordId } from '../../src/model/keys.ts'
import { registry } from '../../src/resources/registry.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

/** The values of a row, by column name. */
export type Row = Record<string, unknown>

/**
 * The result of a statement: accepted, or the SQLSTATE and what the row violated: the name of a constraint, the column that must
 * not be null, or the property that must not have a cycle (EN001).
 */
export type Outcome = 'accepted' | { code: string; violated: string | undefined }

/** A statement, with its parameters if it has any. */
export type Statement = string | [text: string, parameters: unknown[]]

/** Converts an error of PostgreSQL to an outcome. @throws `error` itself if it is any other error. */
export function toOutcome(error: unknown): Outcome {
  if (!(error instanceof pg.DatabaseError)) throw error
  return { code: error.code ?? '', violated: error.constraint ?? error.column }
}

/** The outcome when a check constraint refuses a row. */
export const check = (constraint: string): Outcome => ({ code: '23514', violated: constraint })
/** The outcome when a unique constraint or index refuses a row. */
export const uniqueKey = (constraint: string): Outcome => ({ code: '23505', violated: constraint })
/** The outcome when a foreign key refuses a row. */
export const foreignKey = (constraint: string): Outcome => ({ code: '23503', violated: constraint })
/** The outcome when a required column is null. */
export const notNull = (column: string): Outcome => ({ code: '23502', violated: column })

/** Returns the statement that inserts a row. Objects and arrays are sent as JSON. */
export function insert(table: string, row: Row): [string, unknown[]] {
  const columns = Object.keys(row).map((name) => `"${name}"`)
  const values = Object.values(row).map((value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  )
  return [
    `insert into ${table} (${columns.join(', ')}) values (${values.map((_, index) => `$${index + 1}`).join(', ')})`,
    values,
  ]
}

/** Ids of the records that other rows refer to, and an id that no record has. */
export const ids = {
  agreement: randomUUID(),
  otherAgreement: randomUUID(),
  project: randomUUID(),
  base: randomUUID(),
  program: randomUUID(),
  organization: randomUUID(),
  source: randomUUID(),
  citation: randomUUID(),
  figure: randomUUID(),
  unused: randomUUID(),
  pakistan: recordId(registry.get('countries'), 'PAK'),
}

/** Valid rows, by the name of their table. */
export const rows = {
  regions: { code: '999', name: 'A region', kind: 'subregion' },
  countries: { code: 'ZZZ', alpha2: 'ZZ', name: 'A country' },
  topics: { slug: 'a-topic', name: 'A topic', scheme: 'domain' },
  organizations: { name: 'An organization', kind: 'academic' },
  sources: { title: 'A source', kind: 'report' },
  agreements: { title: 'An agreement', kind: 'treaty' },
  agreements_terms: { record: ids.agreement, position: 0 },
  agreements_relations: {
    record: ids.agreement,
    position: 0,
    kind: 'renews',
    agreement: ids.otherAgreement,
  },
  agreements_documents: { record: ids.agreement, position: 0, title: 'Text' },
  agreements_territories: { record: ids.agreement, position: 0, name: 'Macao', status: 'extended' },
  projects: { title: 'A project', kind: 'other' },
  projects_amounts: { record: ids.project, position: 0, kind: 'budget', amount: 1, currency: 'CNY' },
  projects_locations: { record: ids.project, position: 0 },
  projects_sectors: { record: ids.project, position: 0, topic: 'energy' },
  cooperation_bases: { name: 'A base', kind: 'other' },
  assistance_programs: { title: 'A program', modality: 'other' },
  assistance_programs_amounts: {
    record: ids.program,
    position: 0,
    kind: 'budget',
    amount: 1,
    currency: 'CNY',
  },
  assistance_programs_locations: { record: ids.program, position: 0 },
  assistance_programs_sectors: { record: ids.program, position: 0, topic: 'energy' },
  figures: { indicator: 'some_things', title: 'Things', value: 1, unit: 'things' },
  citations: { source: ids.source, cited_record: ids.organization, cited_resource: 'organizations' },
  participations: {
    record: ids.agreement,
    resource: 'agreements',
    position: 0,
    country: 'PAK',
    role: 'party',
  },
  topic_links: { record: ids.agreement, resource: 'agreements', position: 0, topic: 'energy' },
  external_ids: {
    record: ids.agreement,
    resource: 'agreements',
    position: 0,
    scheme: 'doi',
    id: '10.1000/1',
  },
  countries_groups: { record: ids.pakistan, position: 9, target: '001' },
  countries_successors: { record: ids.pakistan, position: 9, target: 'CHN' },
  projects_agreements: { record: ids.project, position: 0, target: ids.agreement },
  assistance_programs_agreements: { record: ids.program, position: 0, target: ids.agreement },
} satisfies Record<string, Row>

/** A table that has a valid row in `rows`. */
export type Table = keyof typeof rows

/** A database in which the records of `ids` exist, for SQL statements that bypass the service. */
export interface ConstraintDatabase extends TestDatabase {
  /** Runs one statement and returns its rows. */
  query(text: string, values?: unknown[]): Promise<Row[]>
  /** Runs statements in a transaction until one fails, then rolls back in any case. Returns `accepted`, or the failure. */
  attempt(...statements: Statement[]): Promise<Outcome>
  /** Attempts to insert the valid row of a table, changed by `first`, and then the same row, also changed by `change`. */
  attemptTwice(table: Table, change: Row, first?: Row): Promise<Outcome>
}

/** Opens a clone of the seeded template and inserts the records of `ids`. */
export async function openConstraintDatabase(): Promise<ConstraintDatabase> {
  const database = await openTestDatabase()
  const referencedRows: [string, Row][] = [
    ['agreements', { id: ids.agreement, ...rows.agreements }],
    ['agreements', { id: ids.otherAgreement, ...rows.agreements }],
    ['projects', { id: ids.project, ...rows.projects }],
    ['cooperation_bases', { id: ids.base, ...rows.cooperation_bases }],
    ['assistance_programs', { id: ids.program, ...rows.assistance_programs }],
    ['organizations', { id: ids.organization, ...rows.organizations }],
    ['sources', { id: ids.source, ...rows.sources }],
    ['citations', { id: ids.citation, ...rows.citations }],
    ['figures', { id: ids.figure, ...rows.figures }],
  ]
  for (const [table, row] of referencedRows) await database.pool.query(...insert(table, row))
  const attempt = (...statements: Statement[]) => attemptOn(database.pool, statements)
  return {
    ...database,
    attempt,
    query: async (text, values = []) => (await database.pool.query<Row>(text, values)).rows,
    attemptTwice: (table, change, first = {}) => {
      const row = { ...rows[table], ...first }
      return attempt(insert(table, row), insert(table, { ...row, ...change }))
    },
  }
}

async function attemptOn(pool: pg.Pool, statements: Statement[]): Promise<Outcome> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    for (const statement of statements) {
      const [text, values] = typeof statement === 'string' ? [statement, []] : statement
      await client.query(text, values)
    }
    // Checks deferred constraints now.
    await client.query('set constraints all immediate')
    return 'accepted'
  } catch (error) {
    return toOutcome(error)
  } finally {
    await client.query('rollback')
    client.release()
  }
}
