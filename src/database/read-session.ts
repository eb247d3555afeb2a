import type pg from 'pg'
import type { Connection } from './connection.ts'
import type { Pool } from './pool.ts'
import { noParallelWorkersSetting, readsWholeTables } from './reading-settings.ts'
import { OverBudgetError, type RunOptions } from './running-statement.ts'
import type { ExpensiveOwners } from './shares/expensive-owners.ts'
import type { Lane } from './shares/lanes.ts'
import { maxCheapMs, type StatementCosts } from './shares/statement-costs.ts'
import type { Work } from './shares/work.ts'
import type { Statement, Transaction } from './statement.ts'

/**
 * Begins a read-only transaction on one snapshot of the database. A migration locks `records` first. Without a lock before the
 * snapshot, a read would wait for the migration with an older snapshot, in which the tables that the migration has rewritten are
 * empty.
 */
export const beginReading =
  'begin isolation level repeatable read read only; lock table public.records in access share mode'

/** What all reads of one pool share. */
export interface ReadServices {
  pool: Pool
  costs: StatementCosts
  expensiveOwners: ExpensiveOwners
}

/** How a read runs. */
export interface ReadSettings {
  /** Statements that run first, such as `set local …`. Undefined for a read without a transaction. */
  setup: string | undefined
  /** Undefined for reads of the service itself, and for reads of `Database.shared`: these always run in the cheap lane. */
  work: Work | undefined
  signal: AbortSignal | undefined
}

/**
 * Runs a read in the cheap or the expensive lane, which is chosen by the earlier durations of statements with the same text
 * as its first statement. If one of its statements runs for `maxCheapMs` in the cheap lane, the read continues in the
 * expensive lane if that has room. Otherwise the read is cancelled, and runs again when the expensive lane has room.
 * @param read must not write, since it may run twice.
 * @throws what `read` throws, and what `Pool.acquire` and `Connection.query` throw.
 */
export async function runRead<T>(
  services: ReadServices,
  settings: ReadSettings,
  read: (tx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await readOnce(new ReadSession(services, settings), read)
  } catch (error) {
    if (!(error instanceof OverBudgetError)) throw error
    return await readOnce(new ReadSession(services, settings, 'expensive'), read)
  }
}

async function readOnce<T>(session: ReadSession, read: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await read(session)
  } finally {
    // Most reads have nothing to wait for, and an `await` would delay their result to a later microtask.
    const closing = session.close()
    if (closing) await closing
  }
}

/** Runs the statements of one read on one connection, which is acquired for the first statement. */
class ReadSession implements Transaction {
  readonly #services: ReadServices
  readonly #settings: ReadSettings
  readonly #lane: Lane | undefined
  #opening: Promise<Connection> | undefined
  #connection: Connection | undefined
  /** The first statement of the read, if its text was new. */
  #newStatement: Statement | undefined
  #limits: RunOptions = {}
  /** Duration of the setup, which counts as a part of the first statement: it may read many ids of internal records. */
  #setupMs = 0

  /** @param lane by default, chosen by the earlier durations of statements with the text of the first one. */
  constructor(services: ReadServices, settings: ReadSettings, lane?: Lane) {
    this.#services = services
    this.#settings = settings
    this.#lane = lane
  }

  async query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    this.#opening ??= this.#open(statement)
    this.#connection ??= await this.#opening
    const connection = this.#connection
    const { costs } = this.#services
    const startedAt = performance.now() - this.#setupMs
    this.#setupMs = 0
    try {
      const rows = await connection.query<Row>(statement, this.#limits)
      if (this.#settings.work) costs.add(statement, performance.now() - startedAt)
      return rows
    } catch (error) {
      if (this.#settings.work) costs.addUnfinished(statement, performance.now() - startedAt)
      throw error
    }
  }

  /**
   * Releases the connection, after a rollback if the read has a transaction. A connection that cannot roll back is closed.
   * @returns a promise if there is something to wait for.
   */
  close(): Promise<void> | undefined {
    if (this.#connection && this.#settings.setup === undefined) {
      this.#connection.release()
      return undefined
    }
    return this.#opening && this.#rollBack(this.#opening)
  }

  async #rollBack(opening: Promise<Connection>): Promise<void> {
    const connection = await opening.catch(() => undefined)
    if (!connection) return
    if (this.#settings.setup !== undefined)
      await connection.execute('rollback').catch(() => connection.discard())
    connection.release()
  }

  async #open(first: Statement): Promise<Connection> {
    const { setup, work, signal } = this.#settings
    signal?.throwIfAborted()
    const chosen = this.#lane ?? this.#chooseLane(first)
    // Without an await, reads of known statements start in the order of their calls.
    const lane = typeof chosen === 'string' ? chosen : await chosen
    const connection = await this.#services.pool.acquire(lane, work)
    this.#limits = this.#limitsFor(connection, lane)
    if (setup === undefined) return connection
    const statements = [
      beginReading,
      setup,
      ...(this.#services.pool.isContended ? [noParallelWorkersSetting] : []),
    ]
    const startedAt = performance.now()
    try {
      await connection.execute(statements.join('; '), { signal })
      this.#setupMs = performance.now() - startedAt
      return connection
    } catch (error) {
      if (work) this.#services.costs.addUnfinished(first, performance.now() - startedAt)
      connection.discard()
      connection.release()
      throw error
    }
  }

  /** Chooses the lane by the earlier durations of statements with this text. Until the first is measured, later ones wait. */
  #chooseLane(first: Statement): Lane | Promise<Lane> {
    const { work } = this.#settings
    if (!work) return 'cheap'
    const { costs } = this.#services
    const known = costs.findLane(first)
    if (known) return known
    const measured = costs.waitForFirstRun(first)
    if (!measured) return this.#chooseLaneForNewText(first, work)
    return measured.then(() => {
      work.getSignal?.().throwIfAborted()
      return costs.findLane(first) ?? this.#chooseLaneForNewText(first, work)
    })
  }

  /**
   * A new text counts as expensive when the read has `wholeTableSettings`, or when another new text of the same owner was
   * expensive in the last minute.
   */
  #chooseLaneForNewText(first: Statement, { owner }: Work): Lane {
    const { costs, expensiveOwners } = this.#services
    this.#newStatement = first
    if (readsWholeTables(this.#settings.setup) || expensiveOwners.has(owner)) return 'expensive'
    costs.startFirstRun(first)
    return 'cheap'
  }

  #limitsFor(connection: Connection, lane: Lane): RunOptions {
    const { work, signal } = this.#settings
    if (!work) return { signal }
    if (lane === 'expensive') return { signal: work.getSignal?.() ?? signal }
    const extend = () => {
      this.#recordExpensive(work)
      const isGranted = connection.moveToExpensive()
      if (isGranted) this.#limits = this.#limitsFor(connection, 'expensive')
      return { isGranted, signal: work.getSignal?.() }
    }
    return { signal, budget: { limitMs: maxCheapMs, extend } }
  }

  /** Records that a read with a new text has used up the budget, before the read ends. */
  #recordExpensive({ owner }: Work): void {
    const { costs, expensiveOwners } = this.#services
    if (!this.#newStatement) return
    expensiveOwners.add(owner)
    if (costs.findLane(this.#newStatement) === undefined) costs.addUnfinished(this.#newStatement, maxCheapMs)
  }
}
