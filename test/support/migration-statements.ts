import { type generateDrizzleJson, generateMigration } from 'drizzle-kit/api'

/** The tables of a version of the declarations, as drizzle-kit stores them beside the migrations. */
export type Snapshot = ReturnType<typeof generateDrizzleJson>

interface Index {
  name: string
  columns: { expression: string; isExpression: boolean }[]
  where?: string
}

/** A table in a snapshot. drizzle-kit declares no types for it. */
interface Table {
  name: string
  columns: Record<string, { name: string; generated?: { as: string } }>
  indexes: Record<string, Index>
}

type Tables = Record<string, Table>

const refersTo = ({ columns, where = '' }: Index, column: string): boolean =>
  columns.some(({ expression, isExpression }) =>
    isExpression ? expression.includes(`"${column}"`) : expression === column,
  ) || where.includes(`"${column}"`)

/**
 * Removes from `before` each generated column that the same table in `after` lacks or does not generate with the same
 * expression, and the indexes of these columns. Otherwise drizzle-kit would first drop the columns that the old expression
 * reads, and then the generated column. It would first add the new generated column, and then the columns that the new
 * expression reads. It would not create the indexes again.
 * @returns the statements that drop the columns.
 */
function dropGenerated(before: Tables, after: Tables): string[] {
  const statements: string[] = []
  for (const [key, table] of Object.entries(before)) {
    const columns = after[key]?.columns
    for (const { name, generated } of Object.values(table.columns)) {
      if (!columns || !generated || columns[name]?.generated?.as === generated.as) continue
      delete table.columns[name]
      for (const index of Object.values(table.indexes))
        if (refersTo(index, name)) delete table.indexes[index.name]
      statements.push(`ALTER TABLE "${table.name}" DROP COLUMN "${name}";`)
    }
  }
  return statements
}

/** The keys of `entries` that `others` does not have. */
const keysMissingIn = (others: object, entries: object): string[] =>
  Object.keys(entries).filter((key) => !(key in others))

/**
 * Describes the first change for which drizzle-kit asks whether a table or column is new or renamed. Returns undefined if it
 * asks nothing.
 */
function findQuestion(before: Tables, after: Tables): string | undefined {
  const describe = (gone: string[], added: string[], ifRenamed: string) =>
    gone.length === 0 || added.length === 0
      ? undefined
      : `No longer declared: ${gone.join(', ')}. New: ${added.join(', ')}. ${ifRenamed}`
  const toName = (key: string) => key.replace('public.', '')
  const gone = keysMissingIn(after, before).map(toName)
  const tables = describe(
    gone,
    keysMissingIn(before, after).map(toName),
    `If the migration that creates the table ${gone[0]} is not released, undo it, and generate it again (docs/development.md, "Migrations").`,
  )
  const columns = Object.entries(after).map(([key, { columns }]) => {
    const columnsBefore = before[key]?.columns ?? {}
    const withTable = (column: string) => `${toName(key)}.${column}`
    const [from, to] = [keysMissingIn(columns, columnsBefore), keysMissingIn(columnsBefore, columns)]
    return describe(
      from.map(withTable),
      to.map(withTable),
      `If the column is renamed, run the command with --rename ${toName(key)}.${from[0]}=${to[0]}.`,
    )
  })
  return [tables, ...columns].find((question) => question !== undefined)
}

/** Thrown if the statements depend on an answer that only a user at a terminal can give. The message says what to do. */
export class UnansweredQuestion extends Error {}

/**
 * Returns the statements that change the tables from one snapshot to the other. Changes `before`.
 * @throws UnansweredQuestion if drizzle-kit would ask a question, and there is no terminal.
 */
export async function migrationStatements(before: Snapshot, after: Snapshot): Promise<string[]> {
  const dropped = dropGenerated(before.tables, after.tables)
  const question = findQuestion(before.tables, after.tables)
  if (question !== undefined && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new UnansweredQuestion(
      `${question} Otherwise run npm run migration in a terminal, where it asks which of them are new.`,
    )
  }
  return [...dropped, ...(await generateMigration(before, after))]
}

/** Matches statements after which older versions of the service would fail or be slow. */
const incompatible =
  /^(DROP|ALTER TABLE \S+ (RENAME|DROP (COLUMN|CONSTRAINT)|ALTER COLUMN \S+ (DROP|SET NOT NULL|SET DATA TYPE)))\b/i

/** What a statement drops or creates: a column with its table, or the name of an index or constraint. */
const droppedName = /DROP (?:INDEX|CONSTRAINT) ("\w+")|TABLE ("\w+") DROP COLUMN ("\w+")/i
const createdName = /(?:CREATE (?:UNIQUE )?INDEX|ADD CONSTRAINT) ("\w+")|TABLE ("\w+") ADD COLUMN ("\w+")/i
const nameIn = (statement: string, pattern: RegExp): string | undefined =>
  pattern.exec(statement)?.slice(1).join(' ')

/**
 * Separates the statements after which older versions of the service work from the others. Older versions also work after
 * statements that drop a column, index or constraint if another statement creates it again.
 */
export function separateIncompatible(statements: string[]): { compatible: string[]; incompatible: string[] } {
  const created = new Set(statements.map((statement) => nameIn(statement, createdName)))
  const isCompatible = (statement: string) => {
    const dropped = nameIn(statement, droppedName)
    return !incompatible.test(statement) || (dropped !== undefined && created.has(dropped))
  }
  return {
    compatible: statements.filter(isCompatible),
    incompatible: statements.filter((statement) => !isCompatible(statement)),
  }
}

/**
 * Joins consecutive statements that add columns to a table. PostgreSQL rewrites the table once for each statement that adds
 * columns which the database generates, and each date property has two such columns.
 */
export function joinAdditions(statements: string[]): string[] {
  const joined: string[] = []
  let table: string | undefined
  for (const statement of statements) {
    const [, head, addition] = /^(ALTER TABLE "\w+") (ADD COLUMN .*);$/s.exec(statement) ?? []
    const previous = joined.at(-1)
    if (head !== undefined && head === table && previous !== undefined)
      joined[joined.length - 1] = `${previous.slice(0, -1)},\n  ${addition};`
    else joined.push(statement)
    table = head
  }
  return joined
}
