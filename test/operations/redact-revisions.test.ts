// @module-tag slow

import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Transaction } from '../../src/database/database.ts'
import type { Statement } from '../../src/database/statement.ts'
import { createTextRedaction } from '../../src/operations/redacting/redaction.ts'
import { redactRevisions } from '../../src/operations/redacting/revisions.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { watchEventLoop } from '../support/event-loop.ts'

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

it('other requests are served between the large versions of a record that is redacted', async () => {
  const sources = resourceOf('sources')
  const { key } = await createRecord(sources, api, { title: 'Of Zaphod Qqy', kind: 'report' })
  await api.pool.query(
    `insert into revisions (resource, key, version, operation, document, actor, "time")
      select resource, key, number, 'patch', jsonb_set(document::jsonb, '{title}', to_jsonb(repeat('Zaphod Qqy ', 20000))), actor, now()
      from revisions, generate_series(2, 41) as number where key = $1`,
    [key],
  )
  const redaction = createTextRedaction(sources, 'Zaphod Qqy', '[redacted]')
  const eventLoop = watchEventLoop()
  const betweenStatements: number[] = []
  const hashes = await api.database.transaction((tx) => {
    let lastEnd = eventLoop.iterations()
    const counting: Transaction = {
      query: async <Row extends pg.QueryResultRow>(statement: Statement) => {
        betweenStatements.push(eventLoop.iterations() - lastEnd)
        const rows = await tx.query<Row>(statement)
        lastEnd = eventLoop.iterations()
        return rows
      },
    }
    return redactRevisions(counting, sources, key, 42, redaction, '/text')
  })
  eventLoop.stop()
  expect(Object.keys(hashes)).toHaveLength(41)
  expect(Math.max(...betweenStatements)).toBeGreaterThan(3)
})
