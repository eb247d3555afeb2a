// @module-tag slow

import type { Client } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { callTool as callToolBy, connect } from '../support/agent.ts'
import { useTestApi } from '../support/api.ts'
import { sendBulk } from '../support/bulk.ts'
import { createRecord, type Document, ifMatch, resourceOf } from '../support/documents.ts'

/** The citations and names in the results of the tools for agents. */

const api = useTestApi()
let client: Client
beforeAll(async () => {
  client = await connect(api)
})
afterAll(async () => {
  await client.close()
})

const callTool = (name: string, input: Document) => callToolBy(client, name, input)

describe('a result of /mcp', () => {
  it('has the note, the url and the sourceRecordId of each citation', async () => {
    const { key: source } = await createRecord(resourceOf('sources'), api)
    const { key } = await createRecord(resourceOf('agreements'), api)
    const stated = { note: 'Another list says 1979.', url: 'https://example.org/12', sourceRecordId: '12' }
    await createRecord(resourceOf('citations'), api, {
      source,
      record: { resource: 'agreements', id: key },
      ...stated,
    })
    expect((await callTool('get', { resource: 'agreements', key })).citations).toMatchObject([stated])
    const list = { resource: 'agreements', filters: { id: key } }
    expect((await callTool('list', list)).citations).toMatchObject([stated])
  })

  it('has the name of each record that a record refers to, also when fields are given', async () => {
    const named = { name: 'Ispra Centre', kind: 'academic' }
    const { key: organization } = await createRecord(resourceOf('organizations'), api, named)
    const parties = [
      { organization, role: 'party' },
      { country: 'PAK', role: 'party' },
    ]
    const document = { title: 'Accord', kind: 'agreement', parties }
    const { key } = await createRecord(resourceOf('agreements'), api, document)
    const names = { organizations: { [organization]: 'Ispra Centre' }, countries: { PAK: 'Pakistan' } }
    expect((await callTool('get', { resource: 'agreements', key })).response).toMatchObject({ names })
    const list = { resource: 'agreements', filters: { id: key }, fields: ['parties'] }
    expect((await callTool('list', list)).response).toMatchObject({ names })
  })

  it('repeats in citations only the main properties of a source, without its context', async () => {
    const described = {
      title: 'Yearbook',
      publisher: 'Press',
      publishedOn: '2012',
      url: 'https://example.org/',
    }
    const { key: source } = await createRecord(resourceOf('sources'), api, {
      ...described,
      kind: 'report',
      context: 'Many words. '.repeat(100),
    })
    const { key } = await createRecord(resourceOf('agreements'), api)
    await createRecord(resourceOf('citations'), api, { source, record: { resource: 'agreements', id: key } })
    const { citations } = await callTool('get', { resource: 'agreements', key })
    expect(citations).toMatchObject([{ source, sourceDetails: { ...described, kind: 'report' } }])
    expect(citations[0]?.sourceDetails).not.toHaveProperty('context')
  })

  it('says when a record has more citations than the result contains', async () => {
    const { key: source } = await createRecord(resourceOf('sources'), api)
    const { key } = await createRecord(resourceOf('agreements'), api)
    const cite = (count: number) => {
      const document = { source, record: { resource: 'agreements', id: key } }
      const operations = Array.from({ length: count }, () => ({ op: 'create', document }))
      return sendBulk(api, resourceOf('citations'), operations)
    }
    expect((await cite(200)).status).toBe(200)
    expect(await callTool('get', { resource: 'agreements', key })).not.toHaveProperty('moreCitations')
    expect((await cite(1)).status).toBe(200)
    const { citations, moreCitations } = await callTool('get', { resource: 'agreements', key })
    expect([citations.length, moreCitations]).toEqual([200, true])
  })

  it('has a record and its citations as of a time, even before the record was merged', async () => {
    const agreements = resourceOf('agreements')
    const [from, into] = [await createRecord(agreements, api), await createRecord(agreements, api)]
    const { key: source } = await createRecord(resourceOf('sources'), api)
    const cite = (excerpt: string) =>
      createRecord(resourceOf('citations'), api, {
        source,
        record: { resource: 'agreements', id: from.key },
        excerpt,
      })
    const citation = await cite('Then')
    const asOf = new Date().toISOString()
    expect((await api.delete(citation.path)).status).toBe(204)
    await cite('Now')
    const merged = await api.post(`${from.path}/merge`, { into: into.key }, ifMatch('*'))
    expect(merged.status, merged.text).toBe(200)
    const then = await callTool('get', { resource: 'agreements', key: from.key, asOf })
    expect(then).toMatchObject({ response: { id: from.key }, citations: [{ excerpt: 'Then' }] })
    expect(then.history.map(({ operation }) => operation)).toEqual(['remove', 'create'])
    const now = await callTool('get', { resource: 'agreements', key: from.key })
    expect(now).toMatchObject({ response: { id: into.key }, citations: [{ excerpt: 'Now' }] })
    expect(now.history.map(({ operation }) => operation)).toEqual(['merge', 'create'])
    const list = { resource: 'agreements', fields: ['id'] }
    const listed = { response: { data: [{ id: from.key }] }, citations: [{ excerpt: 'Then' }] }
    const { createdAt } = z.object({ createdAt: z.string() }).parse(from.record)
    const filters = { 'createdAt[gte]': createdAt, 'createdAt[lte]': createdAt }
    expect(await callTool('list', { ...list, filters, asOf })).toMatchObject(listed)
    expect(await callTool('list', { ...list, filters: { ...filters, asOf } })).toMatchObject(listed)
  })
})
