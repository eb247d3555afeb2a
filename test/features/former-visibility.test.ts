// @module-tag slow

import { expect, it, onTestFinished } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { createRecord, exampleDocument, ifMatch, resourceOf } from '../support/documents.ts'

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
