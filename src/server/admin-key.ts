import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeSecret } from '../database/embedded/write-secret.ts'
import { errorCode } from '../error-code.ts'
import { failure, OperationalError } from '../operational-error.ts'
import { type Config, environment } from './config.ts'

/**
 * Returns `ADMIN_KEY`. Without it, the first start on an embedded database creates a key, shows it once and stores it in
 * `DATA_DIR/admin-key`; later starts read the key from this file. With `DATABASE_URL` and without `ADMIN_KEY`, there is no key.
 * Also returns what the startup message says about the key.
 * @throws OperationalError when the file cannot be read or written, or when its text is not a valid `ADMIN_KEY`.
 */
export async function findAdminKey(config: Config): Promise<{ key: string | undefined; notice: string }> {
  if (config.ADMIN_KEY !== undefined) return { key: config.ADMIN_KEY, notice: '' }
  if (config.DATABASE_URL !== undefined) {
    return { key: undefined, notice: "; ADMIN_KEY is not set: create keys with 'entente key create'" }
  }
  const file = resolve(join(config.DATA_DIR, 'admin-key'))
  const stored = await readStored(file)
  if (stored !== undefined) return { key: stored, notice: `; the administrator's key is in ${file}` }
  const key = randomBytes(24).toString('base64url')
  await writeSecret(file, `${key}\n`)
  return { key, notice: `; the administrator's key, shown only now and stored in ${file}: ${key}` }
}

async function readStored(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw failure(`the administrator's key cannot be read from ${file}`, error)
  })
  const { data, error } = environment.shape.ADMIN_KEY.safeParse(text?.trim())
  if (error)
    throw new OperationalError(
      `the administrator's key in ${file} must be ${error.issues[0]?.message}: remove the file, and the next start stores a new key`,
    )
  return data
}
