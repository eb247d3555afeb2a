// @module-tag slow

import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { ifMatch } from '../support/documents.ts'
import { checkCsv, importCsv, newScheme } from '../support/imports.ts'
import { create } from '../support/labelled-records.ts'

/** Redactions of a text that is stored or given in a decomposed Unicode form (NFD). */

const composed = 'José Pérez'
const decomposed = composed.normalize('NFD')

const api = useTestApi()

/** Returns the header value whose bytes are the UTF-8 of a text. */
const headerValue = (text: string) => Buffer.from(text).toString('latin1')

const createSource = (title: string, reason = 'None') =>
  create(api, 'sources', { title, kind: 'report' }, { 'change-reason': headerValue(reason) })

const redact = (id: string, body: object) =>
  api.post(`/v1/sources/${id}/redact`, { reason: 'Asked for.', ...body }, ifMatch('*'))

/** Returns the revisions, the former rows and the current row of a source, in NFC. */
async function readStored(id: string): Promise<string> {
  const { rows } = await api.pool.query(
    `select to_json(one) from revisions one where key = $1
      union all select to_json(one) from history.sources one where id = $1::uuid
      union all select to_json(one) from sources one where id = $1::uuid`,
    [id],
  )
  return JSON.stringify(rows).normalize('NFC')
}

it('a reason in NFD is stored in NFC, and a redaction removes a text from it', async () => {
  const id = await createSource(decomposed, `From ${decomposed}`)
  expect((await api.get(`/v1/sources/${id}/history`)).text).toContain(`From ${composed}`)
  expect((await redact(id, { text: composed })).status).toBe(200)
  expect(await readStored(id)).not.toContain(composed)
})

it('texts that were stored in NFD are removed from records, former rows and revisions', async () => {
  const id = await createSource('Report')
  for (const author of [decomposed, `After ${decomposed}`])
    await api.pool.query('update sources set author = $1 where id = $2', [author, id])
  await api.pool.query(`begin; set local entente.redaction = 'on';
    update revisions set reason = 'From ${decomposed}' where key = '${id}'; commit`)
  const response = await redact(id, { text: composed })
  expect(response.json()).toMatchObject({ author: 'After [redacted]' })
  expect(await readStored(id)).not.toContain(composed)
})

it('a text and a replacement in NFD are read as NFC', async () => {
  const id = await createSource(`By ${composed}`)
  const replacement = 'Señor'
  const response = await redact(id, { text: decomposed, replacement: replacement.normalize('NFD') })
  expect(response.json()).toMatchObject({ title: `By ${replacement}` })
  expect((await api.get(`/v1/sources/${id}/history/1`)).json()).toMatchObject({
    document: { title: `By ${replacement}` },
  })
})

it('rows and names of imports that have the text in NFD are redacted', async () => {
  const scheme = newScheme()
  const mapping = `scheme: ${scheme}
onBadValue: drop
records:
  sources:
    id: Id
    properties: {title: Title, kind: =report}
  projects:
    id: Id
    properties:
      title: Title
      kind: =joint_research
      participants: [{country: Country, role: =participant}]
`
  const file = `Id,Title,Country\n1,By ${decomposed},Land of ${decomposed}\n`
  await importCsv(api.database, mapping, file)
  const { id } = await checkCsv(api.database, mapping, file.replace('By', 'Again by'))
  const found = await api.get(`/v1/sources?externalId=${scheme}:1`)
  const [source] = found.json<{ data: { id: string }[] }>().data
  expect((await redact(source?.id ?? '', { text: composed })).status).toBe(200)
  const { rows } = await api.pool.query(
    `select to_json(one) from import_rows one where import = $1 union all select to_json(one) from import_names one where import = $1`,
    [id],
  )
  expect(JSON.stringify(rows).normalize('NFC')).toContain('Land of [redacted]')
  expect(JSON.stringify(rows).normalize('NFC')).not.toContain(composed)
})
