import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OperationalError } from '../../src/operational-error.ts'
import { findAdminKey } from '../../src/server/admin-key.ts'
import { readConfig } from '../../src/server/config.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

/** The administrator's key in `DATA_DIR`. */

const find = (folder: string) => findAdminKey(readConfig({ DATA_DIR: folder }))

it('the first start stores a key in a file that only its owner may read; later starts use it', async () => {
  const folder = await makeTemporaryFolder('admin-key')
  const { key } = await find(folder)
  const file = join(folder, 'admin-key')
  expect(await readFile(file, 'utf8')).toBe(`${key}\n`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await find(folder)).key).toBe(key)
})

it.each([
  '',
  '\n',
  'x',
  'fifteen-letters',
  'a key of twenty letters',
  'sixteen-characters\nand-a-second-line',
])('a stored key %j is refused by the rule of ADMIN_KEY, and not shown', async (text) => {
  const folder = await makeTemporaryFolder('admin-key')
  const file = join(folder, 'admin-key')
  await writeFile(file, text)
  const refusal = find(folder)
  await expect(refusal).rejects.toBeInstanceOf(OperationalError)
  const message = `the administrator's key in ${file} must be at least 16 characters of ASCII without spaces: remove the file, and the next start stores a new key`
  await expect(refusal).rejects.toHaveProperty('message', message)
  expect(await readFile(file, 'utf8')).toBe(text)
})
