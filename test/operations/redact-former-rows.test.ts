// @module-tag slow

import { expect, it, vi } from 'vitest'
import type { Transaction } from '../../src/database/database.ts'
import { redactFormerRows } from '../../src/operations/redacting/former-rows.ts'
import { createTextRedaction } from '../../src/operations/redacting/redaction.ts'
import { useTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { countBetweenStatements } from '../support/event-loop.ts'

vi.setConfig({ testTimeout: 60_000 })

const api = useTestApi()

it('large former rows are redacted in small batches, between which other requests are served', async () => {
  const sources = resourceOf('sources')
  const { key, path } = await createRecord(sources, api, { title: 'Of Zaphod Qqy', kind: 'report' })
  await api.patch(path, { title: 'After' })
  await api.pool.query(
    `insert into history.records
      select (jsonb_populate_record(former, jsonb_build_object('document',
        jsonb_set(document::jsonb, '{title}', to_jsonb(repeat('Zaphod Qqy ', 90000)))::text))).*
      from history.records as former, generate_series(1, 20) where id = $1`,
    [key],
  )
  const redaction = createTextRedaction(sources, 'Zaphod Qqy', '[redacted]')
  const sizes: number[] = []
  const { result: changed, largest } = await api.database.transaction((tx) =>
    countBetweenStatements(tx, (counting) => {
      const recorded: Transaction = {
        query: (statement) => {
          sizes.push(JSON.stringify(statement.values ?? []).length)
          return counting.query(statement)
        },
      }
      return redactFormerRows(recorded, sources, key, redaction)
    }),
  )
  expect(changed).toBeGreaterThan(20)
  // A batch has ten rows of 1 MB.
  expect(Math.max(...sizes)).toBeLessThan(16 * 2 ** 20)
  // The redaction also yields within a batch.
  expect(largest).toBeGreaterThan(3)
  const { rows } = await api.pool.query(
    "select from history.records where id = $1 and document like '%Qqy%'",
    [key],
  )
  expect(rows).toEqual([])
})
