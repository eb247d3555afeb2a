import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { errorCode } from '../error-code.ts'
import { StartupError } from '../startup-error.ts'
import { writeSecret } from '../write-secret.ts'

/** The first administrator's key, and what the first line on the terminal says of it. */
export interface AdminKey {
  key: string | undefined
  notice: string
}

/**
 * Returns the key of the configuration. Without one, and with the embedded database, the first start makes a key,
 * shows it once and keeps it in `DATA_DIR/admin-key` for later starts.
 * Throws a StartupError when that file cannot be read.
 */
export async function findAdminKey(config: Config): Promise<AdminKey> {
  if (config.ADMIN_KEY !== undefined) return { key: config.ADMIN_KEY, notice: '' }
  if (config.DATABASE_URL !== undefined) {
    return { key: undefined, notice: "; ADMIN_KEY is not set: make keys with 'entente key create'" }
  }
  const file = resolve(join(config.DATA_DIR, 'admin-key'))
  const kept = await readKept(file)
  if (kept !== undefined) return { key: kept, notice: `; the administrator's key is in ${file}` }
  const key = randomBytes(24).toString('base64url')
  await writeSecret(file, `${key}\n`)
  return { key, notice: `; the administrator's key, shown only now and kept in ${file}: ${key}` }
}

async function readKept(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new StartupError(`the administrator's key cannot be read from ${file}: ${errorCode(error)}`)
  }
}
