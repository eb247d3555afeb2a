import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { breakingChanges } from '../support/breaking-changes.ts'
import { isInstalled } from '../support/is-installed.ts'
import { openService } from './service.ts'

/** Building the comparison tool takes minutes. */
const timeoutMs = 600_000

let folder: string
let served: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-released-'))
  const { openApi, close } = await openService()
  await close()
  served = openApi
}, timeoutMs)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Returns the breaking changes of the served document since a released document, which is a changed copy of it. */
async function changesSince(change: (document: string) => string): Promise<string[]> {
  const files = { released: join(folder, 'released.json'), current: join(folder, 'current.json') }
  await writeFile(files.released, change(served))
  await writeFile(files.current, served)
  return await breakingChanges(files.released, files.current)
}

it('the comparison of documents finds changes that break clients, and none in equal documents', {
  timeout: timeoutMs,
}, async ({ skip }) => {
  if (!isInstalled('go', 'version') && !process.env.CI) return skip('not installed: go')
  expect(await changesSince((document) => document)).toEqual([])

  const pathRemoved = await changesSince((document) =>
    document.replace(
      '"/v1/vocabularies":',
      '"/v1/words":{"get":{"responses":{"200":{"description":"Words."}}}},$&',
    ),
  )
  expect(pathRemoved).toEqual([expect.stringContaining('/v1/words')])

  const status = '"AgreementStatus":{"type":"string","enum":['
  expect(served).toContain(status)
  const wordRemoved = await changesSince((document) => document.replace(status, `${status}"lost",`))
  expect(wordRemoved.join('\n')).toContain('lost')
})
