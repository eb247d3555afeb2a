import { expect, it } from 'vitest'
import { documentOf, updateDocuments } from '../../src/operations/writing/documents.ts'
import { lockRecord } from '../../src/operations/writing/locks.ts'
import { useTestApi } from '../support/api.ts'
import { testCreation } from '../support/authorship.ts'
import { waitUntilBlocked, waitUntilBlockedWithoutId } from '../support/blocked-sessions.ts'
import { createRecord, ifMatch, readProblem, resourceOf } from '../support/documents.ts'

const api = useTestApi()

it('before it writes, a merge waits for a change to a record that refers to the merged one', async () => {
  const [organizations, projects] = [resourceOf('organizations'), resourceOf('projects')]
  const document = { name: 'Institute', kind: 'academic' }
  const [from, into] = [
    await createRecord(organizations, api, document),
    await createRecord(organizations, api, document),
  ]
  const participants = [{ organization: from.key, role: 'participant' }]
  const project = await createRecord(projects, api, { title: 'Before', kind: 'other', participants })
  const merge = await api.database.transaction(async (tx) => {
    // Takes only the advisory lock of `lockRecord`, which assigns no transaction id. If the merge got its id before it waits, this id
    // would be lower than that of this transaction, and the feed, which is ordered by ids, would list the merge first.
    await tx.query({
      text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
      values: [`projects ${project.key}`],
    })
    const response = api.post(`${from.path}/merge`, { into: into.key }, ifMatch('*'))
    await waitUntilBlockedWithoutId(api.pool)
    const locked = await lockRecord(tx, projects, project.key)
    if (!locked) throw new Error('the project is missing')
    const before = documentOf(projects, JSON.parse(locked.document))
    const update = { locked, before, after: { ...before, title: 'After' } }
    await updateDocuments(tx, projects, [update], { ...testCreation, kind: 'patch' })
    // Within an object: a promise would be awaited before the transaction ends.
    return { response }
  })
  const merged = await merge.response
  expect(merged.status, merged.text).toBe(200)
  expect((await api.get(project.path)).json()).toMatchObject({
    title: 'After',
    version: 3,
    participants: [{ organization: into.key }],
  })
})

it('a new reference to a record that is being merged is refused, and the merge succeeds', async () => {
  const organizations = resourceOf('organizations')
  const document = { name: 'Merged institute', kind: 'academic' }
  const [from, into] = [
    await createRecord(organizations, api, document),
    await createRecord(organizations, api, document),
  ]
  const participants = [{ organization: from.key, role: 'participant' }]
  const { merge, creation } = await api.database.transaction(async (tx) => {
    // Stops the merge after it has listed the records to change.
    await tx.query({ text: 'select from records where key = $1 for update', values: [into.key] })
    const merging = api.post(`${from.path}/merge`, { into: into.key }, ifMatch('*'))
    await waitUntilBlocked(api.pool)
    const creating = api.post('/v1/projects', { title: 'New', kind: 'other', participants })
    await waitUntilBlocked(api.pool, 2)
    return { merge: { response: merging }, creation: { response: creating } }
  })
  const merged = await merge.response
  expect(merged.status, merged.text).toBe(200)
  const refused = await creation.response
  expect(refused.status, refused.text).toBe(422)
  expect(readProblem(refused).errors).toMatchObject([
    {
      pointer: '/participants/0/organization',
      code: 'dangling_reference',
      message: expect.stringContaining(`it was merged into ${into.path}`),
    },
  ])
})
