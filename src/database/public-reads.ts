import { LRUCache } from 'lru-cache'
import type { QueryResultRow } from 'pg'
import type {
  CopySession,
  Database,
  DatabaseClient,
  ReadOptions,
  Statement,
  Transaction,
  Work,
} from './database.ts'
import { getDatabaseError } from './errors.ts'

/**
 * Reads for readers without a role (without a key, or with a token without a role), which see no internal records. The statements
 * are the same as for all readers. PostgreSQL hides the internal records (`visibility_views()` in the migrations), so statements need
 * no conditions of their own. But statements must not qualify the names of tables.
 */

/**
 * Appends a call to `restrict_reader()` to `setup`. If a record is or was internal, the table names in the transaction then
 * resolve to the views without internal records.
 */
const withRestriction = (setup: string): string =>
  setup === '' ? 'select restrict_reader()' : `${setup}; select restrict_reader()`

/** After a statement has found internal records, statements read the views for this time (ms), without trying the tables. */
const viewsOnlyMs = 60_000

/** A statement without its values. */
type Template = Omit<Statement, 'values'>

/** Maximum number of statements whose rewritten form is cached. */
const maxTemplates = 1000

/** Maximum number of characters of all these statements. */
const maxTemplateCharacters = 16 * 1024 * 1024

/**
 * Returns a function that rewrites statements. The results are cached by the name or text of the statement, since building
 * and comparing long texts takes up to a tenth of the time of a read.
 */
function cachedRewrite(rewrite: (statement: Template) => Template): (statement: Statement) => Statement {
  const templates = new LRUCache<string, Template>({
    max: maxTemplates,
    maxSize: maxTemplateCharacters,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  })
  return ({ text, name, values }) => {
    const key = name ?? text
    const template = templates.get(key) ?? rewrite({ text, name })
    templates.set(key, template)
    return { ...template, values }
  }
}

/**
 * Gives a statement of a restricted transaction a text and a name that other readers do not use: its table names may resolve to
 * views, so PostgreSQL would plan a shared prepared statement again each time.
 */
const labelForViews = cachedRewrite(({ text, name }) => ({
  text: `/* public */ ${text}`,
  ...(name !== undefined && { name: `${name}-views` }),
}))

/**
 * A condition that is true if no record is or was internal in the statement's snapshot; otherwise the statement fails.
 * PostgreSQL evaluates it once, by two indexes. A plain call to `require_all_public()` takes ten times as long.
 */
const allPublic = `case
  when exists (select from public.records where visibility = 'internal')
    or exists (select from history.records where visibility = 'internal')
  then require_all_public() else true end`

/** Rewrites a statement to read the tables themselves, and to fail if a record is or was internal in its snapshot. */
const rewriteForTables = cachedRewrite(({ text, name }) => ({
  text: `select * from (${text}) as answer where ${allPublic}`,
  ...(name !== undefined && { name: `${name}-tables` }),
}))

/** Whether a statement can be a subquery; `explain` cannot. */
const isQuery = ({ text }: Statement): boolean => /^\s*(select|with)\b/i.test(text)

const isCausedByInternalRecord = (error: unknown): boolean => getDatabaseError(error)?.code === 'EN003'

/** The database as readers without a role see it. */
class PublicReads implements DatabaseClient {
  readonly shared: DatabaseClient
  readonly #database: Database
  readonly #state: { viewsOnlyUntil: number }
  readonly #work: Work | undefined

  /** @param shared the database for work that is done once for several clients; by default this database. */
  constructor(database: Database, state: { viewsOnlyUntil: number }, shared?: DatabaseClient, work?: Work) {
    this.#database = database
    this.#work = work
    this.#state = state
    this.shared = shared ?? this
  }

  get clock() {
    return this.#database.clock
  }

  forWork(work: Work): DatabaseClient {
    // `reportRead` calls `onRead` with the statements before they are rewritten, so the inner database must not call it.
    const { onRead: _, ...rest } = work
    return new PublicReads(this.#database.forWork(rest), this.#state, this.shared, work)
  }

  get freshness() {
    return this.#work?.freshness
  }

  reportRead(text: string): void {
    this.#work?.onRead?.(text)
  }

  async read<Row extends QueryResultRow>(
    statement: Statement,
    { signal, setup }: ReadOptions = {},
  ): Promise<Row[]> {
    this.reportRead(statement.text)
    const options = signal && { signal }
    const readViews = () => this.readTransaction(setup ?? '', (tx) => tx.query<Row>(statement), options)
    if (setup !== undefined || !isQuery(statement) || performance.now() < this.#state.viewsOnlyUntil)
      return readViews()
    try {
      return await this.#database.read<Row>(rewriteForTables(statement), options)
    } catch (error) {
      if (!isCausedByInternalRecord(error)) throw error
      this.#state.viewsOnlyUntil = performance.now() + viewsOnlyMs
      return readViews()
    }
  }

  readTransaction<T>(
    setup: string,
    callback: (tx: Transaction) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T> {
    const restricted = (tx: Transaction) =>
      callback({
        query: (statement) => {
          this.reportRead(statement.text)
          return tx.query(labelForViews(statement))
        },
      })
    return this.#database.readTransaction(withRestriction(setup), restricted, options)
  }

  copy(setup: string): Promise<CopySession> {
    return this.#database.copy(withRestriction(setup))
  }

  transaction(): never {
    throw new Error('a reader without a role cannot write')
  }
}

/**
 * Returns the database as readers without a role see it. While no record is or was internal, a single statement reads
 * the tables, with one more condition, which PostgreSQL evaluates once; otherwise the statement reads the views, in a
 * separate transaction. A write throws.
 */
export const publicReads = (database: Database): DatabaseClient =>
  new PublicReads(database, { viewsOnlyUntil: 0 })
