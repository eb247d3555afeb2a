// @module-tag slow

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createRecord, ifMatch, resourceOf } from '../support/documents.ts'

/** Redactions of the responses that are stored for requests with an `Idempotency-Key`. */

const api = useTestApi()

it('a redaction succeeds although 3,000 responses of 60 kB are stored', async () => {
  const sources = resourceOf('sources')
  const text = 'José Pérez'
  const { path } = await createRecord(sources, api, { title: `By ${text}`, kind: 'report' })
  const headers = { 'idempotency-key': randomUUID() }
  const document = { title: 'Report', kind: 'report' }
  expect((await api.post('/v1/sources', document, { headers })).status).toBe(201)
  await api.pool.query('update idempotent_requests set body = $1', [`"By ${text.normalize('NFD')}"`])
  await api.pool.query(
    `insert into idempotent_requests (identity, fingerprint, status, headers, body)
      select 'response ' || number, 'fingerprint', 200, '{}', repeat('"Agreement 协定",', 3200) from generate_series(1, 3000) as number`,
  )
  const redacted = await api.post(`${path}/redact`, { text, reason: 'Asked for.' }, ifMatch('*'))
  expect(redacted.status, redacted.text).toBe(200)
  expect((await api.post('/v1/sources', document, { headers })).status).toBe(422)
  const { rows } = await api.pool.query('select from idempotent_requests where body is not null')
  expect(rows).toHaveLength(3000)
})
