import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { faultAt } from '../support/documents.ts'

/** Restoring versions of records that older versions of the service wrote. */

const api = await sharedApi()

const createdAt = '2020-01-01T00:00:00.000Z'

/** Stores the history of a removed project as it was before projects had several amounts and a visibility. @returns its path. */
async function storeRemovedProject(properties: object): Promise<string> {
  const id = randomUUID()
  const document = JSON.stringify({
    id,
    title: 'Old project',
    kind: 'mega_science',
    topics: [],
    externalIds: [],
    ...properties,
    version: 1,
    createdAt,
    updatedAt: createdAt,
  })
  await api.pool.query(
    `insert into revisions (resource, key, version, operation, document, actor, "time")
      select 'projects', $1, version, operation, $2::json, '{"kind":"seed","id":null,"name":null}', $3
      from (values (1, 'create'), (2, 'remove')) as written(version, operation)`,
    [id, document, createdAt],
  )
  return `/v1/projects/${id}`
}

it('a version with values in former properties is not restored; the error names the properties', async () => {
  const path = await storeRemovedProject({
    budget: { amount: 5, currency: 'USD' },
    formerList: [],
    website: null,
  })
  for (const body of [{}, { version: 1 }]) {
    const refused = await api.post(`${path}/restore`, body)
    expect(refused.status, refused.text).toBe(422)
    expect(faultAt(refused, '/version')).toMatchObject({
      code: 'not_restorable',
      message: expect.stringContaining('has values in properties that projects no longer have (budget)'),
    })
  }
  expect((await api.get(path)).status).toBe(404)
})

it('a record that was removed before records had a visibility is restored as public', async () => {
  const path = await storeRemovedProject({ budget: null, formerList: [] })
  const restored = await api.post(`${path}/restore`, {})
  expect(restored.status, restored.text).toBe(201)
  expect(restored.json()).toMatchObject({ title: 'Old project', visibility: 'public', version: 3 })
})

it('a restored record keeps the time at which it was first created', async () => {
  const path = await storeRemovedProject({})
  const restored = (await api.post(`${path}/restore`, {})).json()
  expect(restored.createdAt).toBe(createdAt)
  expect(restored.updatedAt).not.toBe(createdAt)
})
