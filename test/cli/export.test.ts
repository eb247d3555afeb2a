import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run } from '../support/command-line.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

/** The file of `entente export --all`. */

vi.setConfig({ testTimeout: 60_000 })

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await openTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'entente-export-test-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

const exportTo = (file: string) => run(['export', '--all', file], { DATABASE_URL: database.url }).ended

describe('entente export --all', () => {
  it('writes a new file', async () => {
    const file = join(folder, 'new.entente')
    expect(await exportTo(file)).toMatchObject({ code: 0, stdout: `Archived: ${file}\n` })
    expect((await stat(file)).size).toBeGreaterThan(1000)
  })

  it('leaves a file as it is that exists already, and says so in one line', async () => {
    const file = join(folder, 'old.entente')
    await writeFile(file, 'The archive of yesterday')
    const { code, stderr } = await exportTo(file)
    expect(stderr).toMatch(/^.*the archive cannot be written to a new file .*: Error: EEXIST.*\n$/)
    expect(code).toBe(1)
    expect(await readFile(file, 'utf8')).toBe('The archive of yesterday')
  })

  it('says in one line that the folder of the file does not exist', async () => {
    const { code, stderr } = await exportTo(join(folder, 'no-folder', 'new.entente'))
    expect(stderr).toMatch(/^.*the archive cannot be written to a new file .*: Error: ENOENT.*\n$/)
    expect(code).toBe(1)
  })
})
