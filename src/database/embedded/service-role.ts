import { createHmac } from 'node:crypto'
import pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { inClientTransaction } from '../client-transaction.ts'

/**
 * The name of the service's role and of its database. The role owns the database and is not a superuser: it cannot read files
 * of the server, run programs, or switch off triggers by `session_replication_role`.
 */
export const serviceRole = 'entente'

/**
 * The superuser that initdb creates. The service uses it only to set up its own role and database, and for the lock that each
 * process holds while it uses the server (`shared-lock.ts`).
 */
export const superuser = 'postgres'

/** Derives the password of the service role from the superuser's password, which cannot be computed from the result. */
export const servicePassword = (superuserPassword: string): string =>
  createHmac('sha256', superuserPassword).update(serviceRole).digest('base64url')

/** Key of the advisory lock under which roles and owners are changed. */
export const roleLock = 0x726f6c65

/**
 * Creates the service's database if it is missing. Before that, creates the service role if it is missing, too.
 * @param client a connection of the superuser.
 * @returns whether the database belongs to another role, as in folders of earlier versions.
 * @throws PostgreSQL's error.
 */
export async function ensureServiceRole(client: pg.Client, superuserPassword: string): Promise<boolean> {
  const { rows } = await client.query<{ owner: string }>(
    'select datdba::regrole::text as owner from pg_database where datname = $1',
    [serviceRole],
  )
  const [database] = rows
  if (database) return database.owner !== serviceRole
  // The connection also holds the shared lock of the server, so a failed transaction must end.
  await inClientTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [roleLock])
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [serviceRole])
    const password = pg.escapeLiteral(servicePassword(superuserPassword))
    if (!rowCount) await client.query(`create role ${serviceRole} login password ${password}`)
  })
  await client.query(`create database ${serviceRole} owner ${serviceRole}`).catch((error: unknown) => {
    // Another process that started at the same time may have created the database first.
    if (!['42P04', '23505'].includes(errorCode(error))) throw error
  })
  return false
}
