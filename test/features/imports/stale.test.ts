// @module-tag slow

import { expect, it } from 'vitest'
import { changeImport } from '../../../src/features/imports/store.ts'
import { sharedApi } from '../../support/api.ts'
import { findByExternalId } from '../../support/find-records.ts'
import {
  checkCsv,
  commit,
  continueImport,
  importCsv,
  newScheme,
  treatyHeader,
  treatyMapping,
  undo,
} from '../../support/imports.ts'

/** Commits of dry runs whose records another import of the register has written since. */

const api = await sharedApi()

/** A file of treaties with the given titles, by their ids. */
const treaties = (titles: Record<string, string>) =>
  [treatyHeader, ...Object.entries(titles).map(([id, title]) => `${id},${title},2001,France`), ''].join('\n')

const check = (scheme: string, titles: Record<string, string>) =>
  checkCsv(api.database, treatyMapping(scheme), treaties(titles))
const importNow = (scheme: string, titles: Record<string, string>) =>
  importCsv(api.database, treatyMapping(scheme), treaties(titles))

/** Expects that a commit is refused, and returns why. */
async function refuseCommit(id: string): Promise<string> {
  const refused = await api.post(`/v1/imports/${id}/commit`, undefined)
  expect(refused.status, refused.text).toBe(409)
  return refused.json<{ detail: string }>().detail
}

it('a commit is refused after another import has written its records, until a new dry run', async () => {
  const scheme = newScheme()
  const old = await check(scheme, { a: 'Old title', A2: 'Second' })
  const other = await importNow(scheme, { A: 'Corrected title' })
  const reason = `The import ${other.id} of the same register has written records of this import since its dry run. Start this import again to see what it would change now.`
  expect(await refuseCommit(old.id)).toBe(reason)
  expect(await findByExternalId(api, 'agreements', `${scheme}:A`)).toMatchObject({ title: 'Corrected title' })
  const again = await check(scheme, { a: 'Old title', A2: 'Second' })
  expect(again.counts).toMatchObject({ created: 1, changed: 1 })
  expect(await commit(api, again.id)).toMatchObject({
    state: 'committed',
    counts: { created: 1, changed: 1 },
  })
})

it('a commit is refused if another import changed a record that the file left unchanged', async () => {
  const scheme = newScheme()
  await importNow(scheme, { 1: 'First' })
  const unchanged = await check(scheme, { 1: 'First' })
  const other = await check(scheme, { 1: 'Corrected' })
  await commit(api, other.id)
  expect(await refuseCommit(unchanged.id)).toContain(other.id)
})

it('a commit is refused while another import of the same records is being committed', async () => {
  const scheme = newScheme()
  const old = await check(scheme, { 1: 'Old title' })
  const other = await check(scheme, { 1: 'Corrected title' })
  const files = [{ name: 'rows.csv', bytes: 1, sha256: '' }]
  await api.database.transaction((tx) =>
    changeImport(tx, other, { state: 'committing', files, doneThrough: 0, pass: 0 }),
  )
  expect(await refuseCommit(old.id)).toBe(
    `The import ${other.id} (rows.csv) of the same register is being committed. Wait until that is done.`,
  )
  await continueImport(api.database, other.id)
  expect(await refuseCommit(old.id)).toContain(
    `The import ${other.id} (rows.csv) of the same register has written`,
  )
})

it('a commit is refused after a failed commit has written its records, until a new dry run', async () => {
  const scheme = newScheme()
  const other = await check(scheme, { 1: 'Other title' })
  const staged = await check(scheme, { 1: 'Title' })
  await commit(api, other.id)
  const fail = "update imports set state = 'failed', committed_at = null where id = $1"
  await api.database.transaction((tx) => tx.query({ text: fail, values: [other.id] }))
  expect(await refuseCommit(staged.id)).toContain(other.id)
  const again = await check(scheme, { 1: 'Title' })
  expect(await commit(api, again.id)).toMatchObject({ state: 'committed', counts: { changed: 1 } })
})

it.each([
  ['other records of the register', { 2: 'Second' }, {}],
  ['the same records with the same values', { 1: 'First' }, { 1: 'First' }],
])('a commit may follow an import of %s', async (_, others, stored) => {
  const scheme = newScheme()
  await importNow(scheme, { 0: 'Zero', ...stored })
  const staged = await check(scheme, { 1: 'First' })
  await importNow(scheme, others)
  expect(await commit(api, staged.id)).toMatchObject({ state: 'committed' })
})

it('a commit is refused after the undo of an import whose records the dry run found', async () => {
  const scheme = newScheme()
  const other = await importNow(scheme, { A: 'Other', B: 'Second' })
  const staged = await check(scheme, { a: 'First' })
  const apart = await check(scheme, { C: 'Third' })
  expect(staged.counts).toMatchObject({ created: 0, changed: 1 })
  await undo(api.database, other)
  expect(await refuseCommit(staged.id)).toContain(other.id)
  const again = await check(scheme, { a: 'First' })
  for (const [id, created] of [
    [again.id, 1],
    [apart.id, 1],
  ] as const)
    expect(await commit(api, id)).toMatchObject({ state: 'committed', counts: { created, changed: 0 } })
})

it('a commit is refused after an undo that failed when it had removed records of the dry run', async () => {
  const scheme = newScheme()
  const other = await importNow(scheme, { A: 'Other' })
  const staged = await check(scheme, { a: 'First' })
  await undo(api.database, other)
  const fail = "update imports set state = 'failed', undone_at = null where id = $1"
  await api.database.transaction((tx) => tx.query({ text: fail, values: [other.id] }))
  expect(await refuseCommit(staged.id)).toContain(other.id)
})

it('a commit may follow the undo of an import whose records the undo has kept', async () => {
  const scheme = newScheme()
  const other = await importNow(scheme, { A: 'Other' })
  const { id } = await findByExternalId(api, 'agreements', `${scheme}:A`)
  await api.patch(`/v1/agreements/${id}`, { title: 'Edited' })
  const staged = await check(scheme, { a: 'First' })
  await undo(api.database, other)
  expect(await commit(api, staged.id)).toMatchObject({ state: 'committed' })
})

it('a commit may follow an import that has been undone', async () => {
  const scheme = newScheme()
  const staged = await check(scheme, { 1: 'First' })
  await undo(api.database, await importNow(scheme, { 1: 'Other' }))
  expect(await commit(api, staged.id)).toMatchObject({ state: 'committed', counts: { created: 1 } })
})

it('an import without a dry run may follow any other', async () => {
  const scheme = newScheme()
  const staged = await check(scheme, { 1: 'First' })
  await api.database.transaction((tx) => changeImport(tx, staged, { state: 'staging', autoCommit: true }))
  await importNow(scheme, { 1: 'Other' })
  expect(await continueImport(api.database, staged.id)).toMatchObject({ state: 'committed' })
})
