import type pg from 'pg'
import { errorCode } from '../error-code.ts'
import { StartupError } from '../startup-error.ts'

const oldest = 15

/**
 * Makes sure that a PostgreSQL that is new enough answers at DATABASE_URL. Throws a StartupError that says what to
 * look at, and never repeats the password.
 */
export async function reach(pool: pg.Pool, url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const place = `${hostname || 'the local socket'}:${port || 5432}`
  const version = await serverVersion(pool).catch((error: unknown) => {
    throw new StartupError(`DATABASE_URL: ${reason(error, place)}`)
  })
  if (Number.parseInt(version, 10) < oldest) {
    throw new StartupError(`DATABASE_URL: PostgreSQL at ${place} is ${version}; ${oldest} or newer is needed`)
  }
}

async function serverVersion(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('show server_version')
  return rows[0]?.server_version ?? ''
}

function reason(error: unknown, place: string): string {
  switch (errorCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no machine is known by the name of ${place}`
    case 'ECONNREFUSED':
      return `nothing listens at ${place}; is PostgreSQL running there?`
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${place} does not answer`
    default:
      return `PostgreSQL at ${place} refuses the connection: ${error instanceof Error ? error.message : error}`
  }
}
