import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createAt } from '../support/labelled-records.ts'
import { sendRedaction } from '../support/redactions.ts'

const api = useTestApi()

const run = (statement: string) => api.database.maintain((client) => client.query(statement))

it('a redaction of published tables of the history succeeds once they have a replica identity', async () => {
  const path = await createAt(api, 'sources', { title: 'A secret report', kind: 'report' })
  await api.patch(path, { publisher: 'A press' })
  await run('create publication past for table history.sources, history.records')
  const redact = () => sendRedaction(api, path, { text: 'secret' })
  const refused = await redact()
  expect(refused.status).toBe(503)
  expect(refused.json<{ detail: string }>().detail).toContain(
    'publishes tables that have no replica identity',
  )
  for (const table of ['sources', 'records']) await run(`alter table history.${table} replica identity full`)
  expect((await redact()).status).toBe(200)
})
