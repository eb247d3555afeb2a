import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { faultAt } from '../support/documents.ts'
import { createAt } from '../support/labelled-records.ts'
import { sendRedaction } from '../support/redactions.ts'

const api = await sharedApi()

const create = (resource: string, document: object) => createAt(api, resource, document)

const redact = (path: string, body: object) => sendRedaction(api, path, body)

it('a redaction is refused if it names an unsuitable property, or would leave an invalid value', async () => {
  const path = await create('sources', { title: 'A report', kind: 'report', language: 'en' })
  const response = await redact(path, { text: 'report' })
  expect(response.status).toBe(422)
  expect(faultAt(response, '/text')?.message).toBe(
    'would leave an invalid value at /kind of version 1: choose another replacement, or redact `properties`',
  )
  for (const pointer of ['/kind', '/externalIds', '/publihser']) {
    const refused = await redact(path, { properties: [pointer] })
    expect(refused.status, pointer).toBe(422)
    expect(faultAt(refused, '/properties/0')).toMatchObject({ code: 'not_redactable' })
  }
  expect((await api.get(`${path}/history`)).json<{ data: unknown[] }>().data).toHaveLength(1)
  const agreement = await create('agreements', { title: 'A treaty', kind: 'treaty', languages: ['en'] })
  const internal = await create('sources', { title: 'Internal', kind: 'report', visibility: 'internal' })
  const refusedVisibility = await redact(internal, { properties: ['/visibility'], replacement: 'public' })
  expect(faultAt(refusedVisibility, '/properties/0')?.message).toBe(
    '"/visibility" cannot be redacted: it says who can read the record: change it instead',
  )
  const pact = await create('agreements', {
    title: 'A pact',
    kind: 'treaty',
    parties: [{ country: 'PAK', role: 'party' }],
  })
  const refusedCountry = await redact(pact, { properties: ['/parties/country'] })
  expect(faultAt(refusedCountry, '/properties')?.message).toBe(
    'would leave an invalid value at /parties/0 of version 1: choose other properties or another replacement, or redact `text`',
  )
  const source = internal.split('/').at(-1)
  const record = { resource: 'agreements', id: agreement.split('/').at(-1) }
  const citation = await create('citations', { source, record, excerpt: 'A treaty' })
  for (const pointer of ['/record', '/record/id']) {
    const refusedReference = await redact(citation, { properties: [pointer] })
    expect(faultAt(refusedReference, '/properties/0')?.message).toBe(
      `"${pointer}" cannot be redacted: it is a required reference to a record, which must stay`,
    )
  }
  const refusedList = await redact(agreement, { properties: ['/languages'] })
  expect(faultAt(refusedList, '/properties/0')?.message).toBe(
    '"/languages" cannot be redacted: it is a list of values: remove a value from it with `text`',
  )
})
