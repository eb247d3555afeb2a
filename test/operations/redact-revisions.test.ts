// @module-tag slow

import { expect, it } from 'vitest'
import { createTextRedaction } from '../../src/operations/redacting/redaction.ts'
import { redactRevisions } from '../../src/operations/redacting/revisions.ts'
import { useTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { countBetweenStatements } from '../support/event-loop.ts'

const api = useTestApi()

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
  const { result: hashes, largest: mostIterations } = await api.database.transaction((tx) =>
    countBetweenStatements(tx, (counting) => redactRevisions(counting, sources, key, 42, redaction, '/text')),
  )
  expect(Object.keys(hashes)).toHaveLength(41)
  // The event loop ran several times between two statements.
  expect(mostIterations).toBeGreaterThan(3)
})
