import { errorCode } from '../error-code.ts'
import { StartupError } from '../startup-error.ts'
import type { Database } from './database.ts'

/** The oldest major version of PostgreSQL that works. */
const minServerVersion = 15

/**
 * Checks that a supported PostgreSQL answers at DATABASE_URL.
 * @throws StartupError that names the cause, never with the password.
 */
export async function checkConnection(database: Database, url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const address = `${hostname || 'the local socket'}:${port || 5432}`
  const version = await serverVersion(database).catch((error: unknown) => {
    throw new StartupError(`DATABASE_URL: ${reason(error, hostname, address)}`)
  })
  if (Number.parseInt(version, 10) < minServerVersion) {
    throw new StartupError(
      `DATABASE_URL: PostgreSQL at ${address} is version ${version}; version ${minServerVersion} or newer is required`,
    )
  }
}

async function serverVersion(database: Database): Promise<string> {
  const [row] = await database.read<{ server_version: string }>({ text: 'show server_version' })
  return row?.server_version ?? ''
}

function reason(error: unknown, hostname: string, address: string): string {
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
