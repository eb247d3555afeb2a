import pg from 'pg'

/**
 * How long PostgreSQL may take to stop a statement before its connection is cut, in milliseconds; what it was asked it
 * still does then.
 */
const mercy = 1000

/** What pg keeps of a connection, beside what its types tell of. */
interface Session {
  host: string
  port: number
  /** What PostgreSQL knows the session by, and the proof that it is ours. */
  processID: number | null
  secretKey: number | null
  connection: pg.Connection
}

/** What pg can do with a connection, beside what its types tell of. */
type Canceller = pg.Connection & {
  connect(port: number | string, host?: string): void
  cancel(processID: number, secretKey: number): void
}

/**
 * Asks PostgreSQL to stop what runs on a connection, by the protocol's own request on a connection for that alone,
 * which poolers pass on too. Resolves when PostgreSQL has taken it, or after a while if it can't; so nothing that is run
 * on the same connection after that can be hit by it.
 */
function cancel({ host, port, processID, secretKey }: Session): Promise<void> {
  if (processID === null || secretKey === null) return Promise.resolve()
  const canceller = new pg.Connection() as Canceller
  return new Promise((resolve) => {
    const late = setTimeout(() => canceller.stream.destroy(), mercy)
    canceller
      .on('connect', () => canceller.cancel(processID, secretKey))
      // That it could not be asked shows when the statement does not end.
      .on('error', () => {})
      .on('end', () => {
        clearTimeout(late)
        resolve()
      })
    if (host.startsWith('/')) canceller.connect(`${host}/.s.PGSQL.${port}`)
    else canceller.connect(port, host)
  })
}

/** The time that a statement has. */
export interface Deadline {
  /** Whether it has passed. */
  passed(): boolean
  /** To be called when the statement has ended; calls back at once, or when it is certain that nothing else is stopped. */
  end(done: () => void): void
}

/**
 * Gives what runs on a connection some milliseconds. After that PostgreSQL is asked to stop it, and when it does not
 * answer either the connection is cut. A commit is never stopped, only waited for.
 */
export function deadlineOf(client: pg.ClientBase, milliseconds: number, shape: string): Deadline {
  // pg keeps all of this on every connection, though its types leave it out.
  const session = client as unknown as Session
  let cancelling: Promise<void> | undefined
  let cutting: NodeJS.Timeout | undefined
  let passed = false
  const stopping = setTimeout(() => {
    passed = true
    if (shape !== 'commit') cancelling = cancel(session)
    cutting = setTimeout(() => session.connection.stream.destroy(), mercy)
  }, milliseconds)
  return {
    passed: () => passed,
    end: (done) => {
      clearTimeout(stopping)
      clearTimeout(cutting)
      if (cancelling) cancelling.then(done)
      else done()
    },
  }
}
