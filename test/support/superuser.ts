import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Returns the URL of the database `postgres` for the superuser of an embedded PostgreSQL.
 * @param folder the data folder that the embedded PostgreSQL was opened with.
 * @param url the URL of the service's database.
 */
export async function superuserUrl(folder: string, url: string): Promise<string> {
  const superuser = new URL(url)
  superuser.username = 'postgres'
  superuser.password = await readFile(join(folder, 'postgres/password'), 'utf8')
  superuser.pathname = '/postgres'
  return superuser.href
}
