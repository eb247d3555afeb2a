import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { createRecord, ifMatch, resourceOf } from '../support/documents.ts'

const api = useTestApi()

it('a redaction that waits for the restoration of a removed record redacts the restored record', async () => {
  const organizations = resourceOf('organizations')
  const { key, path } = await createRecord(organizations, api, {
    name: 'Jane Doe Institute',
    kind: 'academic',
  })
  expect((await api.delete(path)).status).toBe(204)
  const { restoration, redaction } = await api.database.transaction(async (tx) => {
    // The advisory lock of the record, for which both requests wait.
    await tx.query({
      text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
      values: [`organizations ${key}`],
    })
    const restored = api.post(`${path}/restore`, {})
    await waitUntilBlocked(api.pool, 1)
    const redacted = api.post(`${path}/redact`, { text: 'Jane Doe', reason: 'Asked for.' }, ifMatch('*'))
    await waitUntilBlocked(api.pool, 2)
    // Within an object: promises would be awaited before the transaction ends.
    return { restoration: restored, redaction: redacted }
  })
  expect((await restoration).status).toBe(201)
  const redacted = await redaction
  expect(redacted.status, redacted.text).toBe(200)
  expect((await api.get(path)).json()).toMatchObject({ name: '[redacted] Institute', version: 4 })
})
