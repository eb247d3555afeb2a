// @module-tag slow

import { expect, it } from 'vitest'
import { documentOf } from '../../src/operations/writing/documents.ts'
import { type LockedRecord, lockRecords } from '../../src/operations/writing/locks.ts'
import { updateReferrers } from '../../src/operations/writing/merging.ts'
import { useTestApi } from '../support/api.ts'
import { testCreation } from '../support/authorship.ts'
import { createRecord, ifMatch, readProblem, resourceOf } from '../support/documents.ts'
import { countBetweenStatements } from '../support/event-loop.ts'

/** Merges of records to which many others refer. */

const organizations = resourceOf('organizations')

const api = useTestApi()

const create = (name: string) => createRecord(organizations, api, { name, kind: 'academic' })

const merge = (from: { path: string }, into: { key: string }) =>
  api.post(`${from.path}/merge`, { into: into.key }, ifMatch('*'))

/** Creates projects in which an organization participates. @returns the document of each. */
async function createReferrers(organization: string, count: number) {
  const participants = [{ organization, role: 'participant' }]
  const document = { title: 'Referring project', kind: 'mega_science', participants }
  const operations = Array(count).fill({ op: 'create', document })
  expect((await api.post('/v1/projects/bulk', { operations })).status).toBe(200)
  return document
}

it('more than 1,000 referrers prevent a merge; the refusal of a removal lists 20 of them', async () => {
  const [from, into] = [await create('With too many referrers'), await create('Gets 1,000 referrers')]
  const document = await createReferrers(from.key, 1000)
  const last = await createRecord(resourceOf('projects'), api, document)
  const refused = await merge(from, into)
  expect(refused.status).toBe(409)
  expect(readProblem(refused).detail).toContain('More than 1000 records refer to')
  expect(readProblem(await api.delete(from.path)).errors).toHaveLength(20)
  expect((await api.delete(last.path)).status).toBe(204)
  expect((await merge(from, into)).status).toBe(200)
})

it('a merge of a record with many referrers yields to the event loop between their documents', async () => {
  const [from, into] = [await create('With many referrers'), await create('Gets many referrers')]
  await createReferrers(from.key, 300)
  const { largest } = await api.database.transaction(async (tx) => {
    const locked = await lockRecords(tx, organizations, [from.key, into.key])
    const [merged, remaining] = [locked.get(from.key), locked.get(into.key)]
    if (!merged || !remaining) throw new Error('the organizations are not locked')
    const documentIn = ({ document }: LockedRecord) => documentOf(organizations, JSON.parse(document))
    const pair = {
      resource: organizations,
      from: merged,
      into: remaining,
      mergedDocument: documentIn(merged),
      remainingDocument: documentIn(remaining),
    }
    return countBetweenStatements(tx, (counting) =>
      updateReferrers(counting, pair, { ...testCreation, kind: 'merge' }),
    )
  })
  expect(largest).toBeGreaterThan(3)
})
