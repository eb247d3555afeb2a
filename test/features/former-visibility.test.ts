// @module-tag slow

import { expect, it, onTestFinished } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { createRecord, databaseTime, exampleDocument, ifMatch, resourceOf } from '../support/documents.ts'

it('versions of a record while it was internal are hidden, even if no record is internal now', async () => {
  const api = await startTestApi()
  onTestFinished(() => api.close())
  const topics = resourceOf('topics')
  const document = await exampleDocument(topics, api, { visibility: 'internal' })
  const { path } = await createRecord(topics, api, document)
  expect((await api.patch(path, { visibility: 'public' }, ifMatch('*'))).status).toBe(200)
  // No other read without a key comes before: after one that meets internal records, the service uses other statements for a while.
  const { data } = (await api.get(`${path}/history`)).json<{ data: { version: number }[] }>()
  expect(data.map(({ version }) => version)).toEqual([2])
  expect((await api.get(`${path}/history/1`)).status).toBe(404)
  expect((await api.get(`${path}/history/1`, { key: adminKey })).status).toBe(200)
})

it('aggregates of the past show the public only the key of a record that is internal now', async () => {
  const api = await startTestApi()
  onTestFinished(() => api.close())
  const organization = await createRecord(resourceOf('organizations'), api, {
    name: 'Hidden',
    kind: 'academic',
  })
  const parties = [{ organization: organization.key, role: 'party' }]
  const agreement = await createRecord(resourceOf('agreements'), api, {
    title: 'With a party that is internal now',
    kind: 'agreement',
    parties,
    externalIds: [{ scheme: 'former-party', id: '1' }],
  })
  const asOf = await databaseTime(api)
  expect((await api.patch(agreement.path, { parties: [] })).status).toBe(200)
  expect((await api.patch(organization.path, { visibility: 'internal' })).status).toBe(200)
  const path = `/v1/agreements/aggregate?groupBy=organization&externalIdScheme=former-party&asOf=${asOf}`
  const labels = async (key: string | null) => {
    const { data } = (await api.get(path, { key })).json<{ data: { label: object }[] }>()
    return data.map(({ label }) => label)
  }
  expect(await labels(null)).toEqual([{ organization: organization.key }])
  expect(await labels(adminKey)).toEqual([{ organization: 'Hidden' }])
})
