import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runInProcess } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { canMount, mountMemory } from '../support/mount.ts'

/** Commands whose file cannot be written, since the disk is full. */

it.runIf(canMount).each([[['seal', '--out']], [['export', '--all']]])(
  '%j on a full disk says so, and leaves no file',
  async (words) => {
    const { url, close } = await openTestDatabase()
    onTestFinished(close)
    const folder = await mountMemory('size=4k')
    await writeFile(join(folder, 'filler'), '.'.repeat(4096))
    const file = join(folder, 'new')
    await expect(runInProcess([...words, file], { DATABASE_URL: url })).rejects.toThrow(
      `cannot be written to a new file ${file}: no space left on device`,
    )
    expect(await readdir(folder)).toEqual(['filler'])
  },
)

it.runIf(canMount)('entente openapi on a full disk says so, and keeps the former document', async () => {
  const folder = await mountMemory('size=64k')
  const file = join(folder, 'openapi.json')
  await writeFile(file, 'former')
  await expect(runInProcess(['openapi', '--out', file])).rejects.toThrow(
    `the document cannot be written to ${file}: no space left on device`,
  )
  expect(await readFile(file, 'utf8')).toBe('former')
  expect(await readdir(folder)).toEqual(['openapi.json'])
})
