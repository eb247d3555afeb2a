// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { createRecord, databaseTime, ifMatch, readProblem, resourceOf } from '../support/documents.ts'

/** What remains of a merged record, and merges of records that refer to each other. */

const api = useTestApi()

interface Organization {
  id: string
  path: string
}

async function create(name: string, more: object = {}): Promise<Organization> {
  const response = await api.post('/v1/organizations', { name, kind: 'academic', ...more })
  expect(response.status, response.text).toBe(201)
  const { id } = response.json<{ id: string }>()
  return { id, path: `/v1/organizations/${id}` }
}

const merge = (from: Organization, into: Organization) =>
  api.post(`${from.path}/merge`, { into: into.id }, ifMatch('*'))

const statusOf = async (path: string) => (await api.get(path)).status

const setVisibility = async ({ path }: Organization, visibility: string) =>
  expect((await api.patch(path, { visibility })).status).toBe(200)

it('a merge that would put a record below itself is refused, and the error names the record', async () => {
  const first = await create('Of a cycle, first')
  const second = await create('Of a cycle, second', { parent: first.id })
  const third = await create('Of a cycle, third', { parent: second.id })
  const refused = await merge(first, third)
  expect(refused.status).toBe(422)
  const message = `makes /parent of ${second.path} invalid: would put the organization below itself; change it first`
  expect(readProblem(refused).errors).toEqual([{ pointer: '/into', code: 'cycle', message }])
  expect((await api.patch(second.path, { parent: null })).status).toBe(200)
  expect((await merge(first, third)).status).toBe(200)
})

it('a merge into a name is refused, and the error suggests no search for other records', async () => {
  const { path } = await create('Merged into a name')
  const refused = await api.post(`${path}/merge`, { into: 'A name' }, ifMatch('*'))
  const message = 'must be a UUID in lower case, such as 01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'
  expect(readProblem(refused).errors).toMatchObject([{ pointer: '/into', message }])
})

describe('a record that was merged into another one', () => {
  it('redirects reads with `asOf` only since the merge, to the record that remained then', async () => {
    const first = await create('Remains first')
    const beforeCreation = await databaseTime(api)
    const from = await create('Merged twice')
    const created = await databaseTime(api)
    expect((await api.delete(from.path)).status).toBe(204)
    const removed = await databaseTime(api)
    expect((await api.post(`${from.path}/restore`, {})).status).toBe(201)
    expect((await merge(from, first)).status).toBe(200)
    const mergedOnce = await databaseTime(api)
    const last = await create('Remains last')
    expect((await merge(first, last)).status).toBe(200)
    const mergedTwice = await databaseTime(api)
    const readAt = async (asOf: string) => {
      const { status, headers } = await api.get(`${from.path}?asOf=${asOf}`)
      return [status, headers.get('location')]
    }
    expect(await readAt('2020-01-01')).toEqual([404, null])
    expect(await readAt(beforeCreation)).toEqual([404, null])
    expect(await readAt(created)).toEqual([200, null])
    expect(await readAt(removed)).toEqual([404, null])
    expect(await readAt(mergedOnce)).toEqual([308, `${first.path}?asOf=${mergedOnce}`])
    expect(await readAt(mergedTwice)).toEqual([308, `${last.path}?asOf=${mergedTwice}`])
    expect(readProblem(await api.get(`${from.path}?asOf=${removed}`)).detail).toContain(from.id)
    expect((await api.delete(last.path)).status).toBe(204)
    expect(await readAt(mergedOnce)).toEqual([308, `${first.path}?asOf=${mergedOnce}`])
    expect((await api.get(`${first.path}?asOf=${mergedOnce}`)).json()).toMatchObject({ id: first.id })
    expect(await statusOf(from.path)).toBe(404)
  })

  it('redirects to the same rest of the path, even if the path is percent-encoded', async () => {
    const [from, into] = [await create('Encoded from'), await create('Encoded into')]
    expect((await merge(from, into)).status).toBe(200)
    // Not by `api.get`, which requires that the OpenAPI document has the path as it is sent.
    const locationOf = async (path: string) =>
      (await fetch(`${api.origin}${path}`, { redirect: 'manual' })).headers.get('location')
    const key = from.id.replace('-', '%2D')
    for (const rest of ['', '?fields=name', '/history?limit=1'])
      for (const start of ['/v1/organizations', '/v1/organiz%61tions', '/v%31/organizations'])
        expect(await locationOf(`${start}/${key}${rest}`)).toBe(`${into.path}${rest}`)
  })

  it('has a redirect that no shared cache may store for a client with a key', async () => {
    const [from, into] = [await create('Redirects'), await create('Is redirected to')]
    await merge(from, into)
    const withKey = await api.get(from.path, { key: adminKey })
    expect(withKey.status).toBe(308)
    expect(withKey.headers.get('cache-control')).toBe('private, no-cache')
    expect((await api.get(from.path)).headers.get('cache-control')).toBe('public, no-cache')
  })

  it('keeps its history and its past when the other one has been removed and restored', async () => {
    const [from, into] = [await create('Merged and kept'), await create('Removed and restored')]
    const before = await databaseTime(api)
    expect((await merge(from, into)).status).toBe(200)
    const merged = await databaseTime(api)
    const statuses = () =>
      Promise.all(
        ['', '/history', '/history?follow=false', '/history/1', `?asOf=${before}`, `?asOf=${merged}`].map(
          (rest) => statusOf(`${from.path}${rest}`),
        ),
      )
    expect(await statuses()).toEqual([308, 308, 200, 200, 200, 308])
    expect((await api.delete(into.path)).status).toBe(204)
    expect(await statuses()).toEqual([404, 404, 200, 200, 200, 308])
    expect((await api.post(`${into.path}/restore`, {})).status).toBe(201)
    expect(await statuses()).toEqual([404, 404, 200, 200, 200, 308])
    const redaction = { text: 'and kept', reason: 'Asked for it' }
    expect((await api.post(`${from.path}/redact`, redaction, ifMatch('*'))).status).toBe(204)
  })

  it('frees its key for a new record when the other one has been removed', async () => {
    const country = (code: string) => api.post('/v1/countries', { code, name: `Country ${code}` })
    for (const code of ['XYC', 'XYD']) expect((await country(code)).status).toBe(201)
    expect((await api.post('/v1/countries/XYC/merge', { into: 'XYD' }, ifMatch('*'))).status).toBe(200)
    expect((await country('XYC')).status).toBe(409)
    expect((await api.delete('/v1/countries/XYD')).status).toBe(204)
    expect((await country('XYC')).json()).toMatchObject({ code: 'XYC', version: 3 })
  })

  it('becomes internal and public again together with the other one', async () => {
    const [from, into] = [await create('Merged'), await create('Remaining')]
    const before = new Date().toISOString()
    expect((await merge(from, into)).status).toBe(200)
    const after = await databaseTime(api)
    const redirected = [from.path, `${from.path}?asOf=${after}`]
    const paths = ['/history/1', '/history?follow=false', `?asOf=${before}`].map((rest) => from.path + rest)
    for (const path of paths) expect(await statusOf(path), path).toBe(200)
    await setVisibility(into, 'internal')
    for (const path of [...redirected, ...paths]) expect(await statusOf(path), path).toBe(404)
    await setVisibility(into, 'public')
    for (const path of redirected) expect(await statusOf(path), path).toBe(308)
    for (const path of paths) expect(await statusOf(path), path).toBe(200)
  })

  it('has a redirect from its history for readers who do not see the merge', async () => {
    const [from, into] = [await create('Merged while internal'), await create('Internal at the merge')]
    for (const one of [from, into]) await setVisibility(one, 'internal')
    expect((await merge(from, into)).status).toBe(200)
    await setVisibility(into, 'public')
    for (const key of [null, adminKey])
      for (const rest of ['', '/history', '/history?limit=1'])
        expect((await api.get(from.path + rest, { key })).headers.get('location')).toBe(into.path + rest)
    const own = await api.get(`${from.path}/history?follow=false`)
    expect(own.json()).toMatchObject({ data: [{ version: 1, operation: 'create' }] })
  })

  it('keeps its redirect after a redaction, and no row has the redacted text', async () => {
    const [from, into] = [await create('Institute of Jane Doe'), await create('Institute')]
    expect((await merge(from, into)).status).toBe(200)
    // The remaining record has the name as an alias.
    for (const { path } of [from, into]) {
      const redacted = await api.post(
        `${path}/redact`,
        { text: 'Jane Doe', reason: 'Asked for it' },
        ifMatch('*'),
      )
      expect(redacted.status, redacted.text).toBeLessThan(300)
    }
    expect(await statusOf(`${from.path}/history`)).toBe(308)
    for (const table of [
      'public.records',
      'history.records',
      'revisions',
      'public.organizations',
      'history.organizations',
    ]) {
      const { rows } = await api.pool.query(`select from ${table} as kept where kept::text like '%Jane Doe%'`)
      expect(rows, table).toEqual([])
    }
  })

  it('adds its title to the alternative titles of the other agreement', async () => {
    const createAgreement = async (title: string, alternative: string) => {
      const alternativeTitles = [{ name: alternative, language: 'en' }]
      const document = { title, kind: 'treaty', alternativeTitles }
      return (await api.post('/v1/agreements', document)).json<{ id: string }>().id
    }
    const [from, into] = [
      await createAgreement('Treaty X', 'Alt X'),
      await createAgreement('Treaty Y', 'Alt Y'),
    ]
    const merged = await api.post(`/v1/agreements/${from}/merge`, { into }, ifMatch('*'))
    expect(merged.json()).toMatchObject({
      title: 'Treaty Y',
      alternativeTitles: [
        { name: 'Alt Y', language: 'en' },
        { name: 'Alt X', language: 'en' },
        { name: 'Treaty X', language: null },
      ],
    })
  })

  it('had to be as visible as the other one, and citations are as visible as their sources', async () => {
    const cite = async (visibility: string) => {
      const document = { title: 'Cited', kind: 'report', visibility }
      const source = (await api.post('/v1/sources', document)).json<{ id: string }>().id
      const citation = { source, record: { resource: 'countries', id: 'CHN' } }
      return (await api.post('/v1/citations', citation)).json<{ id: string }>().id
    }
    const [shown, other, hidden] = [await cite('public'), await cite('public'), await cite('internal')]
    const refused = await api.post(`/v1/citations/${shown}/merge`, { into: hidden }, ifMatch('*'))
    expect(refused.status).toBe(409)
    expect(readProblem(refused).detail).toMatch(/belongs to an internal record. Make both equally visible/)
    expect((await api.post(`/v1/citations/${shown}/merge`, { into: other }, ifMatch('*'))).status).toBe(200)
  })

  it('has a merged_into that only the service can set', async () => {
    const [from, into] = [await create('Not merged'), await create('Alone')]
    const update = 'update records set merged_into = $1 where id = $2'
    await expect(api.pool.query(update, [into.id, from.id])).rejects.toThrow(
      `merge records with POST ${from.path}/merge`,
    )
    expect((await merge(from, into)).status).toBe(200)
    await expect(api.pool.query(update, [null, from.id])).rejects.toThrow('only by the service')
  })

  it('cannot be written in SQL, neither itself nor its lists', async () => {
    const [from, into] = [await create('Merged'), await create('Into')]
    expect((await merge(from, into)).status).toBe(200)
    const insertRecord = "insert into organizations (id, name, kind) values ($1, 'Merged', 'other')"
    const insertId =
      "insert into external_ids (record, resource, position, scheme, id) values ($1, 'organizations', 0, 'past', '1')"
    for (const insert of [insertRecord, insertId])
      await expect(api.pool.query(insert, [from.id])).rejects.toThrow(
        `organizations ${from.id} was merged into ${into.id}`,
      )
  })

  it('cannot be referred to by a new record, and the error has the path of the other one', async () => {
    const [from, into] = [await create('Referred to'), await create('To be referred to')]
    expect((await merge(from, into)).status).toBe(200)
    const refused = await api.post('/v1/organizations', { name: 'New', kind: 'academic', parent: from.id })
    const message = `there is no "${from.id}" in organizations; it was merged into ${into.path}`
    expect(readProblem(refused).errors).toMatchObject([{ pointer: '/parent', message }])
  })

  it('is not restored, even if the other one has been removed', async () => {
    const [from, into] = [await create('One'), await create('Another')]
    expect((await merge(from, into)).status).toBe(200)
    expect((await api.delete(into.path)).status).toBe(204)
    expect((await api.post(`${from.path}/restore`, {})).status).toBe(404)
  })
})

it('a record can be merged into one that refers to it, which then no longer does', async () => {
  const from = await create('Parent')
  const into = await create('Child', { parent: from.id })
  const merged = await merge(from, into)
  expect(merged.status, merged.text).toBe(200)
  expect(merged.json()).toMatchObject({ id: into.id, parent: null })
})

it('an agreement can be merged into one with relations to it, which then no longer has them', async () => {
  const agreement = async (title: string, relations: object[] = []) => {
    const created = await api.post('/v1/agreements', { title, kind: 'treaty', relations })
    expect(created.status, created.text).toBe(201)
    return created.json<{ id: string }>().id
  }
  const [from, other] = [await agreement('Merged treaty'), await agreement('Other treaty')]
  const kept = { kind: 'amends', agreement: other }
  const relations = [{ kind: 'renews', agreement: from }, kept, { kind: 'amends', agreement: from }]
  const into = await agreement('Remaining treaty', relations)
  const merged = await api.post(`/v1/agreements/${from}/merge`, { into }, ifMatch('*'))
  expect(merged.status, merged.text).toBe(200)
  expect(merged.json()).toMatchObject({ id: into, relations: [kept] })
})

it('aliases with one name in several languages are kept, and the same name adds no alias', async () => {
  const names = (...languages: (string | null)[]) => languages.map((language) => ({ name: 'CERN', language }))
  const from = await create('CERN', { acronym: 'CERN', aliases: names('en', 'fr') })
  const into = await create('European laboratory', { aliases: names('en', 'zh') })
  expect((await merge(from, into)).json()).toMatchObject({ aliases: names('en', 'zh', 'fr') })
})

it('a name and acronym that are equal become one alias', async () => {
  const [from, into] = [await create('ESO', { acronym: 'ESO' }), await create('Southern observatory')]
  expect((await merge(from, into)).json()).toMatchObject({ aliases: [{ name: 'ESO', language: null }] })
})

it('a name that is too long for an alias is left out, and remains in the history', async () => {
  const name = 'x'.repeat(301)
  const [from, into] = [await create(name, { acronym: 'LONG' }), await create('Short name')]
  const merged = await merge(from, into)
  expect(merged.status, merged.text).toBe(200)
  expect(merged.json()).toMatchObject({ name: 'Short name', aliases: [{ name: 'LONG', language: null }] })
  const history = await api.get(`${from.path}/history/1`)
  expect(history.json()).toMatchObject({ document: { name } })
})

it('the preview of reconciliation leads from a merged record to the other one', async () => {
  const [from, into] = [await create('Old academy'), await create('New academy')]
  expect((await merge(from, into)).status).toBe(200)
  const preview = await fetch(`${api.origin}/reconcile/preview?id=organizations:${from.id}`)
  expect(preview.status).toBe(200)
  expect(await preview.text()).toContain('New academy')
})

it('the network and briefing of a merged country redirect to the same paths of the other one', async () => {
  const country = (code: string, alpha2: string, numeric: string) =>
    api.post('/v1/countries', { code, alpha2, numeric, name: `Merged ${code}` })
  for (const created of [await country('XYA', 'XY', '991'), await country('XYB', 'XB', '992')])
    expect(created.status, created.text).toBe(201)
  const merged = await api.post('/v1/countries/XYA/merge', { into: 'XYB' }, ifMatch('*'))
  expect(merged.status, merged.text).toBe(200)
  for (const rest of ['/network?from=2006', '/briefing?lang=zh']) {
    const response = await api.get(`/v1/countries/XYA${rest}`)
    expect([response.status, response.headers.get('location')]).toEqual([308, `/v1/countries/XYB${rest}`])
    expect((await api.get(`/v1/countries/XYB${rest}`)).status).toBe(200)
    expect(await statusOf(`/v1/countries/XYA${rest}&asOf=2020-01-01`)).toBe(404)
  }
})

it('deleting the remaining record in SQL writes no revision of the records merged into it', async () => {
  const [from, into] = [await create('Merged before'), await create('Deleted in SQL')]
  expect((await merge(from, into)).status).toBe(200)
  await api.pool.query('delete from organizations where id = $1', [into.id])
  const revisions = await api.pool.query(
    'select key, version, operation from revisions where key = any($1) order by key = $2, version',
    [[from.id, into.id], into.id],
  )
  expect(revisions.rows).toEqual([
    { key: from.id, version: 1, operation: 'create' },
    { key: from.id, version: 2, operation: 'remove' },
    { key: into.id, version: 1, operation: 'create' },
    { key: into.id, version: 2, operation: 'merge' },
    { key: into.id, version: 3, operation: 'remove' },
  ])
})

describe('a merge that would make a record invalid', () => {
  it('is refused with a fault of `into` that names the record and the property', async () => {
    const names = (prefix: string) =>
      Array.from({ length: 60 }, (_, index) => ({ name: `${prefix} ${index}`, language: null }))
    const [from, into] = [
      await create('Many names', { aliases: names('One') }),
      await create('More names', { aliases: names('Other') }),
    ]
    const merged = await merge(from, into)
    expect([merged.status, merged.json().errors]).toEqual([
      422,
      [
        {
          pointer: '/into',
          code: 'too_big',
          limit: 100,
          message: `makes /aliases of ${into.path} invalid: has more than 100 entries`,
        },
      ],
    ])
  })

  it('is refused with a fault of `into` that names a record that refers to both', async () => {
    const topic = async () => {
      const { key: id, path } = await createRecord(resourceOf('topics'), api)
      return { id, path }
    }
    const [from, into] = [await topic(), await topic()]
    const sectors = [from, into].map(({ id: topic }, index) => ({ topic, percentage: 40 + index }))
    const program = { title: 'Of two topics', sectors }
    const referrer = await api.post('/v1/assistance-programs', program)
    expect(referrer.status, referrer.text).toBe(201)
    const merged = await merge(from, into)
    const [fault] = readProblem(merged).errors ?? []
    expect([merged.status, fault?.pointer]).toEqual([422, '/into'])
    expect(fault?.message).toContain(`makes /sectors/1 of ${referrer.headers.get('location')} invalid: `)
  })
})
