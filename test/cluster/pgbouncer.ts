import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readDeployed } from '../deploy/files.ts'
import { waitUntilReady } from '../support/pgbouncer.ts'
import type { Host } from './namespaces.ts'

/**
 * Starts PgBouncer on the host of a service, with the settings of `deploy/`.
 * @param databaseUrl URL of the database to which PgBouncer connects.
 * @returns URL of the database through PgBouncer.
 */
export async function openPooler(host: Host, databaseUrl: string, folder: string): Promise<string> {
  const target = new URL(databaseUrl)
  const users = join(folder, 'userlist.txt')
  const file = join(folder, `${host.name}-pgbouncer.ini`)
  await writeFile(users, `"${target.username}" "${target.password}"\n`)
  await writeFile(
    file,
    readDeployed('pgbouncer/pgbouncer.ini')
      .replace('host=haproxy', `host=${target.hostname}`)
      .replace(/^auth_file = .*$/m, `auth_file = ${users}`),
  )
  await host.start({
    command: ['pgbouncer', '--quiet', file],
    user: 'postgres',
    log: join(folder, `${host.name}-pgbouncer.log`),
  })
  const url = new URL(databaseUrl)
  url.hostname = host.address
  url.port = '6432'
  await waitUntilReady(url.href)
  return url.href
}
