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
 * Reads for clients without a key, which see nothing of internal records. The statements are the same as for all readers.
 * PostgreSQL restricts what they see (`migrations/0006_visibility.sql`), so no statement can bypass it.
 */

/** Set for a transaction: names without a schema mean views that leave out what is internal. */
const withRestriction = (begin: string): string =>
  begin === '' ? 'select restrict_reader()' : `${begin}; select restrict_reader()`

/** Time during which statements read the views directly, after one has found that something is internal. */
const mixedMs = 60_000

/** A statement without its values. */
type Form = Omit<Statement, 'values'>

/** Maximum number of statements whose rewritten form is cached. */
const maxForms = 1000

/**
 * Makes another form of statements, and remembers it by their text: to put long texts together and to compare them costs as
 * much as a tenth of a read.
 */
function remembered(make: (statement: Form) => Form): (statement: Statement) => Statement {
  const forms = new LRUCache<string, Form>({ max: maxForms })
  return ({ text, name, values }) => {
    const key = name ?? text
    const form = forms.get(key) ?? make({ text, name })
    forms.set(key, form)
    return { ...form, values }
  }
}

/**
 * Gives a statement another text and name than it has for readers with a key, since names in it mean something else:
 * PostgreSQL would plan a prepared statement again each time.
 */
const ofViews = remembered(({ text, name }) => ({
  text: `/* public */ ${text}`,
  ...(name !== undefined && { name: `${name}-views` }),
}))

/**
 * A condition that holds, or makes its statement fail, if anything is internal in its snapshot. PostgreSQL looks into two
 * indexes once. The function alone would do the same and takes ten times as long.
 */
const allPublic = `case
  when exists (select from public.records where visibility = 'internal')
    or exists (select from history.records where visibility = 'internal')
  then require_all_public() else true end`

/** A statement that reads the tables themselves, and fails if anything is internal in its snapshot. */
const ofTables = remembered(({ text, name }) => ({
  text: `select * from (${text}) as answer where ${allPublic}`,
  ...(name !== undefined && { name: `${name}-tables` }),
}))

/** Whether a statement can stand in the `from` of another. `explain` cannot. */
const isQuery = ({ text }: Statement): boolean => /^\s*(select|with)\b/i.test(text)

const hasInternalRecords = (error: unknown): boolean => getDatabaseError(error)?.code === 'EN003'

/** The database as clients without a key see it. */
class PublicReads implements DatabaseClient {
  readonly shared: DatabaseClient
  readonly #database: Database
  readonly #state: { mixedUntil: number }
  readonly #work: Work | undefined

  /** @param shared the database for what is done once for several clients; this one when left out. */
  constructor(database: Database, state: { mixedUntil: number }, shared?: DatabaseClient, work?: Work) {
    this.#database = database
    this.#work = work
    this.#state = state
    this.shared = shared ?? this
  }

  get clock() {
    return this.#database.clock
  }

  forWork(work: Work): DatabaseClient {
    // `onRead` gets the statements without the restriction.
    const { onRead: _, ...rest } = work
    return new PublicReads(this.#database.forWork(rest), this.#state, this.shared, work)
  }

  get freshness() {
    return this.#work?.freshness
  }

  noteRead(text: string): void {
    this.#work?.onRead?.(text)
  }

  async read<Row extends QueryResultRow>(
    statement: Statement,
    { signal, begin }: ReadOptions = {},
  ): Promise<Row[]> {
    this.noteRead(statement.text)
    const options = signal && { signal }
    const readViews = () => this.readTransaction(begin ?? '', (tx) => tx.query<Row>(statement), options)
    if (begin !== undefined || !isQuery(statement) || performance.now() < this.#state.mixedUntil)
      return readViews()
    try {
      return await this.#database.read<Row>(ofTables(statement), options)
    } catch (error) {
      if (!hasInternalRecords(error)) throw error
      this.#state.mixedUntil = performance.now() + mixedMs
      return readViews()
    }
  }

  readTransaction<T>(
    begin: string,
    work: (tx: Transaction) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T> {
    const restricted = (tx: Transaction) =>
      work({
        query: (statement) => {
          this.noteRead(statement.text)
          return tx.query(ofViews(statement))
        },
      })
    return this.#database.readTransaction(withRestriction(begin), restricted, options)
  }

  copy(begin: string): Promise<CopySession> {
    return this.#database.copy(withRestriction(begin))
  }

  transaction(): never {
    throw new Error('a reader without a key writes nothing')
  }
}

/**
 * Returns the database as clients without a key see it. While no record is internal, a statement costs one condition more
 * that PostgreSQL evaluates once; otherwise it runs in a transaction of its own. It throws at a write.
 */
export const publicReads = (database: Database): DatabaseClient =>
  new PublicReads(database, { mixedUntil: 0 })
