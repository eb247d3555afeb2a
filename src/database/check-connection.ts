import { setTimeout as delay } from 'node:timers/promises'
import { errorCode } from '../error-code.ts'
import { OperatorError } from '../operator-error.ts'
import type { Database } from './database.ts'

/** The oldest major version of PostgreSQL that works. */
const minServerVersion = 15

/** SQLSTATE of a server that is starting, or recovering from a crash, and accepts no connections yet. */
const startingState = '57P03'

/** pg's error message when a server does not complete the opening of a connection in time. */
const connectionTimeoutMessage = 'Connection terminated due to connection timeout'

/** How long a server may take to start or to recover, and the pause between two attempts. */
const maxStartMs = 60_000
const retryMs = 500

/**
 * Checks that a supported version of PostgreSQL answers at DATABASE_URL. Waits up to a minute for a server that is starting.
 * @param signal ends the wait.
 * @throws OperatorError that names the cause, without the password.
 */
export async function checkConnection(database: Database, url: string, signal?: AbortSignal): Promise<void> {
  const { hostname, port } = new URL(url)
  const address = `${hostname || 'the local socket'}:${port || 5432}`
  const version = await serverVersion(database, signal).catch((error: unknown) => {
    throw new OperatorError(`DATABASE_URL: ${reason(error, hostname, address)}`)
  })
  if (Number.parseInt(version, 10) < minServerVersion) {
    throw new OperatorError(
      `DATABASE_URL: PostgreSQL at ${address} is version ${version}; version ${minServerVersion} or newer is required`,
    )
  }
}

async function serverVersion(database: Database, signal?: AbortSignal): Promise<string> {
  for (const giveUpAt = performance.now() + maxStartMs; ; ) {
    try {
      const [row] = await database.read<{ server_version: string }>({ text: 'show server_version' })
      return row?.server_version ?? ''
    } catch (error) {
      if (errorCode(error) !== startingState || performance.now() > giveUpAt) throw error
    }
    await delay(retryMs, undefined, { signal })
  }
}

function reason(error: unknown, hostname: string, address: string): string {
  if (error instanceof Error && error.message === connectionTimeoutMessage)
    return `${address} does not answer`
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
      return `PostgreSQL at ${address} refused the connection: ${error instanceof Error ? error.message : error}`
  }
}
