import { setTimeout as delay } from 'node:timers/promises'
import { errorCode } from '../error-code.ts'
import { OperationalError } from '../operational-error.ts'
import type { Database } from './database.ts'
import { serverAddress } from './server-address.ts'

/** The oldest major version of PostgreSQL that works. */
const minServerVersion = 15

/** SQLSTATE of a server that is starting, or recovering from a crash, and accepts no connections yet. */
const startingState = '57P03'

/** pg's error message when a server does not complete the opening of a connection in time. */
const connectionTimeoutMessage = 'Connection terminated due to connection timeout'

/** Matches pg's error messages when a server asks for a password and there is none. */
const missingPasswordMessage = /client password must be a /

/** How long a server may take to start or to recover. */
const maxStartMs = 60_000

/** Pause between two attempts to connect. */
const retryPauseMs = 500

/**
 * Checks that a supported version of PostgreSQL answers at a URL, with a database in UTF-8 and a suitable locale. Waits up to a
 * minute for a server that is starting.
 * @param origin where the URL comes from, such as the environment variable. Error messages begin with it.
 * @param signal ends the wait.
 * @throws OperationalError that names the cause, without the password.
 */
export async function checkConnection(
  database: Database,
  url: string,
  origin: string,
  signal?: AbortSignal,
): Promise<void> {
  const { hostname, address } = serverAddress(url)
  const { version, encoding, lowercaseOfI } = await readServer(database, signal).catch((error: unknown) => {
    throw new OperationalError(`${origin}: ${describeFailure(error, hostname, address)}`)
  })
  if (Number.parseInt(version, 10) < minServerVersion) {
    throw new OperationalError(
      `${origin}: PostgreSQL at ${address} is version ${version}; version ${minServerVersion} or newer is required`,
    )
  }
  if (encoding !== 'UTF8') {
    throw new OperationalError(
      `${origin}: the database has the encoding ${encoding}; create it with "encoding 'UTF8' template template0"`,
    )
  }
  // Texts are compared in lower case, so "india" would differ from "India".
  if (lowercaseOfI !== 'i') {
    throw new OperationalError(
      `${origin}: the locale of the database makes "${lowercaseOfI}" of "I", as in Turkish, so "india" would not find "India"; create the database with "locale 'C.UTF-8' template template0"`,
    )
  }
}

interface Server {
  version: string
  /** The encoding of the database. */
  encoding: string
  /** The letter "I" in lower case, by the locale of the database. */
  lowercaseOfI: string
}

async function readServer(database: Database, signal?: AbortSignal): Promise<Server> {
  const text = `select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
    lower('I') as "lowercaseOfI"`
  for (const giveUpAt = performance.now() + maxStartMs; ; ) {
    try {
      const [row] = await database.read<Server>({ text })
      if (!row) throw new Error('the database returned no version')
      return row
    } catch (error) {
      if (errorCode(error) !== startingState || performance.now() > giveUpAt) throw error
    }
    await delay(retryPauseMs, undefined, { signal })
  }
}

function describeFailure(error: unknown, hostname: string, address: string): string {
  if (error instanceof Error && error.message === connectionTimeoutMessage)
    return `${address} does not answer within POOL_WAIT_SECONDS`
  if (error instanceof Error && missingPasswordMessage.test(error.message))
    return `PostgreSQL at ${address} requires a password, which the URL lacks`
  switch (errorCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot resolve host name "${hostname}"`
    case 'ECONNREFUSED':
      return `connection refused at ${address}; is PostgreSQL running there?`
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${address} does not answer`
    default:
      return `cannot connect to PostgreSQL at ${address}: ${error instanceof Error ? error.message : error}`
  }
}
