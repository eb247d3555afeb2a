import pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { roleLock as lock, servicePassword, serviceRole, superuser } from './service-role.ts'

/** Brings folders of earlier versions up to date, in which the service was the superuser. */

/** Returns the URL of a database for a role that has the superuser's password. */
export type UrlOf = (role: string, database: string) => string

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Whether the cluster has no superuser beside the service role. A server that is just going is asked again later. */
async function hasEarlierRoles(urlOf: UrlOf): Promise<boolean> {
  return withClient(urlOf(superuser, 'postgres'), async () => false).catch(
    (error: unknown) => errorCode(error) === '28P01',
  )
}

/** The role that renames the superuser, since no role can rename itself. */
const helper = 'entente_upgrade'

/**
 * Renames the superuser, which cannot be demoted, and makes a service role under its former name.
 * @param password of the superuser.
 */
export async function separateRoles(urlOf: UrlOf, password: string): Promise<void> {
  if (!(await hasEarlierRoles(urlOf))) return
  await withClient(urlOf(serviceRole, 'postgres'), async (client) => {
    await client.query('select pg_advisory_lock($1)', [lock])
    // Another process that started at the same moment may have been quicker.
    if (!(await hasEarlierRoles(urlOf))) return
    await client.query(`drop role if exists ${helper}`)
    await client.query(`create role ${helper} superuser login password ${pg.escapeLiteral(password)}`)
    await withClient(urlOf(helper, 'postgres'), (other) =>
      other.query(`begin; alter role ${serviceRole} rename to ${superuser};
        create role ${serviceRole} login password ${pg.escapeLiteral(servicePassword(password))}; commit`),
    )
    await client.query(`drop role ${helper}`)
  }).catch(async (error: unknown) => {
    // The other process may have renamed the role before this one was connected.
    if (await hasEarlierRoles(urlOf)) throw error
  })
}

/**
 * Gives what the superuser owns in the database to the service role, but for what belongs to extensions. PostgreSQL has no
 * command for it: `reassign owned` refuses the superuser of initdb.
 */
const transfer = `do $$
declare
  command text;
begin
  perform pg_advisory_xact_lock(${lock});
  if exists (select from pg_database where datname = '${serviceRole}' and datdba = '${serviceRole}'::regrole) then
    return;
  end if;
  for command in
    select format('alter schema %I owner to ${serviceRole}', nspname) from pg_namespace as object
      where nspowner = 10 and object.oid >= 16384
        and not exists (select from pg_depend where classid = 'pg_namespace'::regclass and objid = object.oid and deptype = 'e')
    union all
    select format('alter %s %s owner to ${serviceRole}',
        case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
        object.oid::regclass)
      from pg_class as object where relowner = 10 and object.oid >= 16384 and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%')
        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = object.oid and deptype in ('a', 'e', 'i'))
    union all
    select format('alter routine %s owner to ${serviceRole}', object.oid::regprocedure)
      from pg_proc as object where proowner = 10 and object.oid >= 16384
        and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = object.oid and deptype = 'e')
    union all
    select format('alter text search configuration %s owner to ${serviceRole}', object.oid::regconfig)
      from pg_ts_config as object where cfgowner = 10 and object.oid >= 16384
        and not exists (select from pg_depend where classid = 'pg_ts_config'::regclass and objid = object.oid and deptype = 'e')
  loop
    execute command;
  end loop;
  alter database ${serviceRole} owner to ${serviceRole};
end
$$`

/** Gives the database, with all in it, to the service role, in one transaction. */
export const transferDatabase = (urlOf: UrlOf): Promise<unknown> =>
  withClient(urlOf(superuser, serviceRole), (client) => client.query(transfer))
