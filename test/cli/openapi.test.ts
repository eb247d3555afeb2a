import { chmod, lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { OperationalError } from '../../src/operational-error.ts'
import { sharedApi } from '../support/api.ts'
import { runInProcess } from '../support/command-line.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

describe('entente openapi', () => {
  it('writes the document that the service serves, without a database', async () => {
    const folder = await makeTemporaryFolder('openapi')
    const file = join(folder, 'openapi.json')
    // Nothing listens at port 1.
    await runInProcess(['openapi', '--out', file], { DATABASE_URL: 'postgresql://127.0.0.1:1/none' })
    const api = await sharedApi()
    const served = await fetch(`${api.origin}/openapi.json`)
    // `toEqual` takes seconds for a document of this size.
    expect(isDeepStrictEqual(JSON.parse(await readFile(file, 'utf8')), await served.json())).toBe(true)
  })

  it('creates the target of a symbolic link whose target is missing', async () => {
    const folder = await makeTemporaryFolder('openapi')
    const link = join(folder, 'link.json')
    await symlink('target.json', link)
    await runInProcess(['openapi', '--out', link])
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect((await readFile(join(folder, 'target.json'), 'utf8')).startsWith('{"openapi"')).toBe(true)
  })

  // The superuser may write every file.
  it.skipIf(process.getuid?.() === 0)('refuses to replace a write-protected file', async () => {
    const file = join(await makeTemporaryFolder('openapi'), 'openapi.json')
    await writeFile(file, 'former')
    await chmod(file, 0o444)
    await expect(runInProcess(['openapi', '--out', file])).rejects.toThrow(
      `the document cannot be written to ${file}: permission denied`,
    )
    expect(await readFile(file, 'utf8')).toBe('former')
  })

  it('writes to the target of a symbolic link, and to a device', async () => {
    const folder = await makeTemporaryFolder('openapi')
    const file = join(folder, 'target.json')
    await writeFile(file, 'former')
    await symlink('target.json', join(folder, 'link.json'))
    await runInProcess(['openapi', '--out', join(folder, 'link.json')])
    expect((await readFile(file, 'utf8')).startsWith('{"openapi"')).toBe(true)
    await runInProcess(['openapi', '--out', '/dev/null'])
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  it('prints the document when no file is given', async () => {
    expect(JSON.parse(await runInProcess(['openapi']))).toMatchObject({ info: { title: 'Entente' } })
  })

  it('fails with a message that names the file if the file cannot be written', async () => {
    const refusal = runInProcess(['openapi', '--out', '/nowhere/openapi.json'])
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
    await expect(refusal).rejects.toThrow(
      'cannot be written to /nowhere/openapi.json: no such file or directory',
    )
  })
})
