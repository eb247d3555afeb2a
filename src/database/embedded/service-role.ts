import { createHmac } from 'node:crypto'
import pg from 'pg'
import { errorCode } from '../../error-code.ts'

/**
 * The role of the service, and its database. The role owns the database and is no superuser: it can neither read files of
 * the server nor run programs, nor switch off triggers for replication.
 */
export const serviceRole = 'entente'

/** The superuser that initdb makes. The service connects as it only to make and keep its own role. */
export const superuser = 'postgres'

/** Returns the password of the service role. It is made from that of the superuser, and does not lead back to it. */
export const servicePassword = (superuserPassword: string): string =>
  createHmac('sha256', superuserPassword).update(serviceRole).digest('base64url')

/** Key of the advisory lock under which roles and owners are changed. */
export const roleLock = 0x726f6c65

/**
 * Makes the service role and its database when they are missing.
 * @param client of the superuser.
 * @returns whether the database belongs to another role, as in folders of earlier versions.
 */
export async function ensureServiceRole(client: pg.Client, superuserPassword: string): Promise<boolean> {
  const { rows } = await client.query<{ owner: string }>(
    'select datdba::regrole::text as owner from pg_database where datname = $1',
    [serviceRole],
  )
  const [database] = rows
  if (database) return database.owner !== serviceRole
  await client.query('begin')
  await client.query('select pg_advisory_xact_lock($1)', [roleLock])
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [serviceRole])
  const password = pg.escapeLiteral(servicePassword(superuserPassword))
  if (!rowCount) await client.query(`create role ${serviceRole} login password ${password}`)
  await client.query('commit')
  await client.query(`create database ${serviceRole} owner ${serviceRole}`).catch((error: unknown) => {
    // Another process that started at the same moment may have been quicker.
    if (!['42P04', '23505'].includes(errorCode(error))) throw error
  })
  return false
}
