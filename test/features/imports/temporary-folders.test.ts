import { access, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  removeAbandonedFolders,
  withTemporaryFolder,
} from '../../../src/features/imports/temporary-folders.ts'
import { startTestApi, useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { canMount, mountMemory } from '../../support/mount.ts'
import { sendForm } from '../../support/send-form.ts'
import { expectUnavailable } from '../../support/unavailable.ts'
import { uploadTreaties, waitForImport } from '../../support/uploaded-imports.ts'

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/** Sets the modification time of a folder to some hours ago. */
const setAge = (folder: string, hours: number) => {
  const time = new Date(Date.now() - hours * 3_600_000)
  return utimes(folder, time, time)
}

let place: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'temporary-folders-'))
  vi.stubEnv('TMPDIR', place)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(place, { recursive: true })
})

const csv = `${treatyHeader}\n1,First,2001,China\n`

describe('while temporary files cannot be written', () => {
  const api = useTestApi()

  it('a preview gets 503 with the reason, and no path', async () => {
    const preview = () =>
      sendForm(api, '/v1/imports/preview', [
        ['mapping', treatyMapping(newScheme()), 'mapping.yaml'],
        ['file', csv, 'treaties.csv'],
      ])
    vi.stubEnv('TMPDIR', join(place, 'missing'))
    const refused = await preview()
    expectUnavailable(refused, 'unavailable')
    expect(refused.json()).toMatchObject({
      detail: 'Temporary files (TMPDIR) cannot be written: no such file or directory.',
    })
    vi.stubEnv('TMPDIR', place)
    expect((await preview()).status).toBe(200)
  })

  it('an import waits, and the log says why', async () => {
    const warn = vi.spyOn(api.app.log, 'warn')
    vi.stubEnv('TMPDIR', join(place, 'missing'))
    const id = await uploadTreaties(api, csv)
    await expect
      .poll(() => warn.mock.calls, { timeout: 8000 })
      .toContainEqual([
        { import: id, err: expect.objectContaining({ message: expect.stringContaining('no such file') }) },
        'An import was interrupted, and will be tried again.',
      ])
    expect((await api.get(`/v1/imports/${id}`, { key: adminKey })).json()).toMatchObject({ state: 'staging' })
    vi.stubEnv('TMPDIR', place)
    // Each import that begins makes the service look for unfinished ones.
    await uploadTreaties(api, csv)
    expect(await waitForImport(api, id)).toMatchObject({ state: 'staged', failure: null })
  })

  it.runIf(canMount)('a full disk causes 503 with the reason, too [needs root on Linux]', async () => {
    vi.unstubAllEnvs()
    vi.stubEnv('TMPDIR', await mountMemory('size=8k'))
    const work = (folder: string) => writeFile(join(folder, '0'), Buffer.alloc(20_000))
    await expect(withTemporaryFolder(work)).rejects.toMatchObject({
      status: 503,
      message: 'Temporary files (TMPDIR) cannot be written: no space left on device.',
    })
  })
})

describe('the temporary folders of imports', () => {
  it('are removed when their work has ended, even if it fails', async () => {
    const folders: string[] = []
    const work = async (folder: string) => {
      folders.push(folder)
      await writeFile(join(folder, '0'), 'a')
      throw new Error('failed')
    }
    await expect(withTemporaryFolder(work)).rejects.toThrow('failed')
    expect(await Promise.all(folders.map(exists))).toEqual([false])
  })

  it('are removed a day after a killed process has left them', async () => {
    await withTemporaryFolder(async (folder) => {
      // `mkdtemp` adds six random characters to a prefix.
      const prefix = join(place, basename(folder).slice(0, -6))
      const [old, recent, linked] = [`${prefix}000000`, `${prefix}111111`, `${prefix}222222`]
      const other = join(place, 'other')
      for (const path of [old, recent, other]) await mkdir(path)
      await writeFile(join(old, '0'), 'a')
      await symlink(other, linked)
      await Promise.all([setAge(old, 25), setAge(recent, 23), setAge(other, 25)])
      await removeAbandonedFolders()
      expect(await Promise.all([old, recent, linked, other, folder].map(exists))).toEqual([
        false,
        true,
        true,
        true,
        true,
      ])
    })
  })

  it('that were left more than a day ago are removed when a service starts', async () => {
    const old = join(place, 'entente-temporary-000000')
    await mkdir(old)
    await setAge(old, 25)
    const api = await startTestApi()
    onTestFinished(() => api.close())
    await expect.poll(() => exists(old)).toBe(false)
  })
})
