import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type PgColumn } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import type pg from 'pg'
import { toResourceRow } from '../../src/operations/writing/split.ts'
import { registry } from '../../src/resources/registry.ts'

/** Random writes to every table of the registry, in SQL that bypasses the service. */

/** A write to one row of a table. `row` selects the row, and its new values are derived from `draw`. */
export interface SqlWrite {
  table: string
  action: 'insert' | 'update' | 'delete'
  row: number
  draw: number
  /** A savepoint is set before the statement. After the statement, this command is sent for the savepoint; none for `none`. */
  savepoint: 'none' | 'release' | 'rollback'
}

/** Returns a subquery for a column of the row at an index, which wraps around at the number of rows. */
const pick = (table: string, column: string, index: number) =>
  `(select ${column} from ${table} order by 1 offset ${index} % (select greatest(count(*), 1) from ${table}) limit 1)`

/** SQL expressions for the columns of a new row, and the assignments of an update, in one table. */
interface TableExpressions {
  insert: (index: number, draw: number) => Record<string, string>
  update: (draw: number) => string
}

const text = (value: string) => `'${value}'`
const withName = (name: string, other: Record<string, string>) => (_index: number, draw: number) => ({
  [name]: text(`Made ${draw}`),
  ...other,
})
/** The columns of a row in a table that several resources share. */
const sharedRow =
  (other: (draw: number) => Record<string, string>, tables: string[]) => (index: number, draw: number) => {
    const table = tables[draw % tables.length] ?? ''
    return {
      record: pick(table, 'id', index),
      resource: text(table.replaceAll('_', '-')),
      position: `${10 + (draw % 5)}`,
      ...other(draw),
    }
  }
/** The columns of a row in a table of the lists of one resource. */
const listRow =
  (owner: string, other: (draw: number) => Record<string, string>) => (index: number, draw: number) => ({
    record: pick(owner, 'id', index),
    position: `${10 + (draw % 5)}`,
    ...other(draw),
  })
const capitalLetter = (draw: number) => String.fromCharCode(65 + (draw % 26))
const tablesWithParticipants = ['agreements', 'projects', 'cooperation_bases', 'assistance_programs']

/** The tables of the lists that projects and assistance programs both have. */
const activityLists = (owner: string): [string, TableExpressions][] => [
  [
    `${owner}_amounts`,
    {
      insert: listRow(owner, (draw) => ({
        kind: text('budget'),
        amount: `${draw}.5`,
        currency: text('CNY'),
      })),
      update: (draw) => `amount = ${draw}, value_usd = ${draw}.25, date = '20${10 + (draw % 80)}'`,
    },
  ],
  [
    `${owner}_locations`,
    {
      insert: listRow(owner, (draw) => ({ country: pick('countries', 'code', draw) })),
      update: (draw) => `name = 'Place ${draw}', latitude = ${draw % 90}, longitude = 7.25`,
    },
  ],
  [
    `${owner}_sectors`,
    {
      insert: listRow(owner, (draw) => ({ topic: pick('topics', 'slug', draw) })),
      update: (draw) => `percentage = ${1 + (draw % 100)}`,
    },
  ],
  [
    `${owner}_agreements`,
    {
      insert: listRow(owner, (draw) => ({ target: pick('agreements', 'id', draw) })),
      update: (draw) => `target = ${pick('agreements', 'id', draw)}`,
    },
  ],
]

const expressionsByTable: Record<string, TableExpressions> = {
  regions: {
    insert: (_index, draw) => ({
      code: text(`9${10 + (draw % 80)}`),
      name: text('Region'),
      kind: text('group'),
    }),
    update: (draw) => `name = 'Region ${draw}'`,
  },
  countries: {
    insert: (_index, draw) => ({
      code: text(`Q${capitalLetter(draw)}${capitalLetter(draw + 7)}`),
      alpha2: text(`Q${capitalLetter(draw)}`),
      name: text('Country'),
      region: pick('regions', 'code', draw),
    }),
    update: (draw) => `official_name = 'State ${draw}'`,
  },
  topics: {
    insert: (_index, draw) => ({
      slug: text(`made-${draw % 9}`),
      name: text('Topic'),
      scheme: text('domain'),
    }),
    update: (draw) => `aliases = '[{"name": "T${draw}", "language": null}]'`,
  },
  organizations: {
    insert: withName('name', { kind: text('academic') }),
    update: (draw) => `country = ${pick('countries', 'code', draw)}`,
  },
  sources: {
    insert: withName('title', { kind: text('report') }),
    update: (draw) => `published_on = '20${10 + (draw % 80)}'`,
  },
  agreements: {
    insert: withName('title', { kind: text('treaty') }),
    update: (draw) => `languages = '{l${capitalLetter(draw).toLowerCase()}}'`,
  },
  projects: {
    insert: withName('title', { kind: text('other') }),
    update: (draw) => `summary = 'Summary ${draw}'`,
  },
  cooperation_bases: {
    insert: withName('name', { kind: text('other') }),
    update: (draw) => `unit_count = ${1 + draw}`,
  },
  assistance_programs: {
    insert: withName('title', { modality: text('other') }),
    update: (draw) => `ends_on = '20${10 + (draw % 80)}', flow_type = 'oda'`,
  },
  figures: {
    insert: withName('title', { indicator: text('made'), unit: text('things'), value: '7.25' }),
    update: (draw) => `value = ${draw} / 4.0`,
  },
  citations: {
    insert: (index, draw) => ({
      source: pick('sources', 'id', draw),
      cited_record: pick('projects', 'id', index),
      cited_resource: text('projects'),
    }),
    update: (draw) => `note = 'Note ${draw}'`,
  },
  participations: {
    insert: sharedRow(
      (draw) => ({ country: pick('countries', 'code', draw), role: text('beneficiary') }),
      tablesWithParticipants,
    ),
    update: (draw) =>
      [
        `position = position + ${1 + (draw % 3)}, contribution = 'Share ${draw}'`,
        `country = ${pick('countries', 'code', draw)}, organization = null, region = null`,
        `country = null, organization = ${pick('organizations', 'id', draw)}, region = null`,
        `record = ${pick('agreements', 'id', draw)}, resource = 'agreements', role = 'party'`,
      ][draw % 4] ?? '',
  },
  participation_actions: {
    insert: (index, draw) => ({
      record: pick('participations', 'record', index),
      party: '0',
      position: `${10 + (draw % 5)}`,
      kind: text('signed'),
      date: text('2011-04'),
    }),
    update: (draw) => `note = 'Action ${draw}'`,
  },
  topic_links: {
    insert: sharedRow((draw) => ({ topic: pick('topics', 'slug', draw) }), tablesWithParticipants),
    update: (draw) => `topic = ${pick('topics', 'slug', draw)}`,
  },
  external_ids: {
    insert: sharedRow(
      (draw) => ({ scheme: text('made'), id: text(`${draw}`) }),
      [...tablesWithParticipants, 'sources', 'figures'],
    ),
    update: (draw) => `id = 'made-${draw}'`,
  },
  countries_groups: {
    insert: listRow('countries', (draw) => ({ target: pick('regions', 'code', draw) })),
    update: (draw) => `target = ${pick('regions', 'code', draw)}`,
  },
  countries_successors: {
    insert: listRow('countries', (draw) => ({ target: pick('countries', 'code', draw) })),
    update: (draw) => `target = ${pick('countries', 'code', draw)}`,
  },
  agreements_terms: {
    insert: listRow('agreements', (draw) => ({ note: text(`Term ${draw}`) })),
    update: (draw) => `record = ${pick('agreements', 'id', draw)}`,
  },
  agreements_relations: {
    insert: listRow('agreements', (draw) => ({
      kind: text('renews'),
      agreement: pick('agreements', 'id', draw),
    })),
    update: () => `kind = 'amends'`,
  },
  agreements_documents: {
    insert: listRow('agreements', (draw) => ({ title: text(`Text ${draw}`) })),
    update: (draw) => `title = 'Text ${draw}', language = 'en'`,
  },
  agreements_territories: {
    insert: listRow('agreements', (draw) => ({ name: text(`Territory ${draw}`), status: text('extended') })),
    update: (draw) => `party = ${pick('countries', 'code', draw)}`,
  },
  ...Object.fromEntries(['projects', 'assistance_programs'].flatMap(activityLists)),
  // Triggers insert the rows of this table, so an insert becomes an update.
  records: { insert: () => ({}), update: (draw) => `visibility = '${draw % 2 ? 'internal' : 'public'}'` },
}

/** All tables from which documents are composed. */
export const writtenTables = [...registry.tables.map(getTableName), 'records']

/** Random writes. Every table is equally likely. */
export const sqlWrite: fc.Arbitrary<SqlWrite> = fc.record({
  table: fc.constantFrom(...writtenTables),
  action: fc.constantFrom('insert', 'insert', 'update', 'update', 'delete'),
  row: fc.nat(300),
  draw: fc.nat(300),
  savepoint: fc.constantFrom('none', 'none', 'release', 'rollback'),
})

/**
 * Returns expressions for a table that this file does not name. A required column is a position, refers to another row, or has
 * its value in the resource's example; otherwise `insert` throws. @throws if the registry has no such table.
 */
function deriveExpressions(name: string): TableExpressions {
  const table = registry.tables.find((one) => getTableName(one) === name)
  if (!table) throw new Error(`the registry has no table ${name}`)
  const resource = registry.resources.find((one) => one.table === table)
  const example = resource
    ? toResourceRow(resource, { id: '', document: resource.document.parse(resource.example) })
    : {}
  const targets = new Map(
    getTableConfig(table).foreignKeys.map((key) => {
      const { columns, foreignColumns } = key.reference()
      return [columns[0]?.name, foreignColumns[0]] as const
    }),
  )
  // The database assigns ids.
  const required = Object.entries(getTableColumns(table)).filter(
    ([name, column]) => name !== 'id' && column.notNull && !column.hasDefault && !column.generated,
  )
  const expressionFor = (property: string, column: PgColumn, index: number, draw: number): string => {
    const target = targets.get(column.name)
    if (column.name === 'position') return `${10 + (draw % 5)}`
    if (target) return pick(getTableName(target.table), target.name, column.name === 'record' ? index : draw)
    const value = example[property]
    if (value !== undefined) return text(String(value))
    throw new Error(
      `test/support/sql-writes.ts has no expressions for ${name}, whose ${column.name} is required`,
    )
  }
  const title = resource?.search.title.name
  return {
    insert: (index, draw) =>
      Object.fromEntries(
        required.map(([property, column]) => [column.name, expressionFor(property, column, index, draw)]),
      ),
    update: (draw) => (title ? `${title} = 'Changed ${draw}'` : `position = position + ${1 + (draw % 3)}`),
  }
}

/** Returns the statement of a write. @throws if there are no expressions for the table. */
export function toSql({ table, action, row, draw }: SqlWrite): string {
  const expressions = expressionsByTable[table] ?? deriveExpressions(table)
  const chosen = `where ctid = (select ctid from ${table} order by row_start desc, ctid offset ${row} % (select greatest(count(*), 1) from ${table}) limit 1)`
  const columns = expressions.insert(row, draw)
  if (action === 'insert' && Object.keys(columns).length > 0)
    return `insert into ${table} (${Object.keys(columns).join(', ')}) select ${Object.values(columns).join(', ')}`
  return action === 'delete'
    ? `delete from ${table} ${chosen}`
    : `update ${table} set ${expressions.update(draw)} ${chosen}`
}

/**
 * Runs writes in one transaction. When a constraint refuses a statement, only that statement is rolled back.
 * @returns the number of accepted statements, including those that are rolled back later.
 */
export async function runWrites(
  pool: pg.Pool,
  writes: SqlWrite[],
  end: 'commit' | 'rollback',
): Promise<number> {
  const client = await pool.connect()
  let accepted = 0
  try {
    // A deferred constraint that fails at the commit would roll back all statements.
    await client.query('begin; set constraints all immediate')
    for (const write of writes) {
      const statement = toSql(write)
      await client.query('savepoint before')
      try {
        await client.query(statement)
        accepted += 1
        if (write.savepoint === 'release') await client.query('release before')
        if (write.savepoint === 'rollback') await client.query('rollback to before')
      } catch {
        await client.query('rollback to before')
      }
    }
    await client.query(end)
  } finally {
    client.release()
  }
  return accepted
}
