import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Returns the URL by which the superuser of an embedded PostgreSQL reaches its database `postgres`.
 * @param folder of the embedded PostgreSQL.
 * @param url of the service.
 */
export async function superuserUrl(folder: string, url: string): Promise<string> {
  const superuser = new URL(url)
  superuser.username = 'postgres'
  superuser.password = await readFile(join(folder, 'postgres/password'), 'utf8')
  superuser.pathname = '/postgres'
  return superuser.href
}
