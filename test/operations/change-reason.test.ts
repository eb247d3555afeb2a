import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'

/** The header `Change-Reason`. */

const api = await sharedApi()

it.each([
  ['　改名　', '改名'],
  ['　', null],
])('a reason is stored without spaces around it, even ideographic ones: %j', async (sent, stored) => {
  const { path } = await createRecord(resourceOf('organizations'), api)
  // HTTP headers are bytes: `fetch` takes each as one character.
  const headers = { 'change-reason': Buffer.from(sent).toString('latin1') }
  expect((await api.patch(path, { name: 'Renamed' }, { headers })).status).toBe(200)
  expect((await api.get(`${path}/history?limit=1`)).json()).toMatchObject({ data: [{ reason: stored }] })
})
