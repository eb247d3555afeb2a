// @module-tag slow

import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { databaseTime, ifMatch } from '../support/documents.ts'
import { waitForFeed } from '../support/feed.ts'
import { create } from '../support/labelled-records.ts'

/** Former versions of citations after a source became internal, for readers without a key. */

const api = useTestApi()

const createSource = () => create(api, 'sources', { title: 'Cited', kind: 'report' })

const cite = (source: string, excerpt: string) =>
  create(api, 'citations', { source, record: { resource: 'countries', id: 'CHN' }, excerpt })

const setVisibility = async (source: string, visibility: string) =>
  expect((await api.patch(`/v1/sources/${source}`, { visibility })).status).toBe(200)

async function readAll(paths: readonly string[], key: string | null = null): Promise<string[]> {
  await waitForFeed(api)
  return (await Promise.all(paths.map((path) => api.get(path, { key })))).map(({ text }) => text)
}

it('the version before a citation moved to another source is as hidden as the former source', async () => {
  const [former, source] = [await createSource(), await createSource()]
  const citation = await cite(former, 'Secret of the former source')
  const time = await databaseTime(api)
  const moved = await api.patch(`/v1/citations/${citation}`, { source, excerpt: 'Moved' })
  expect(moved.status, moved.text).toBe(200)
  const paths = [
    `/v1/citations?id=${citation}&asOf=${time}`,
    `/v1/citations/${citation}?asOf=${time}`,
    `/v1/citations/${citation}?asOf=${time}&include=sourceDetails`,
    `/v1/citations/export?format=ndjson&id=${citation}&asOf=${time}`,
    `/v1/citations/${citation}/history`,
    `/v1/citations/${citation}/history/1`,
    '/v1/changes?resource=citations&order=desc&limit=5',
  ]
  const secret = expect.stringContaining('Secret of the former source')
  expect(await readAll(paths)).toEqual(paths.map(() => secret))
  await setVisibility(former, 'internal')
  expect(await readAll(paths)).toEqual(paths.map(() => expect.not.stringContaining('Secret')))
  expect((await api.get(`/v1/citations/${citation}`, { key: null })).text).toContain('Moved')
  expect(await readAll(paths, adminKey)).toEqual(paths.map(() => secret))
  await setVisibility(former, 'public')
  expect(await readAll(paths)).toEqual(paths.map(() => secret))
})

it('a merged citation is as hidden as the one that replaced it, even after that one is removed', async () => {
  const text = 'Secret of the merged citation'
  const source = await createSource()
  const merged = await cite(await createSource(), text)
  const into = await cite(source, 'Remaining')
  const time = await databaseTime(api)
  expect((await api.post(`/v1/citations/${merged}/merge`, { into }, ifMatch('*'))).status).toBe(200)
  const paths = [
    `/v1/citations?id=${merged}&asOf=${time}`,
    `/v1/citations/${merged}?asOf=${time}`,
    `/v1/citations/${merged}/history?follow=false`,
    `/v1/citations/${merged}/history/1`,
    '/v1/changes?resource=citations&order=desc&limit=5',
  ]
  const secret = expect.stringContaining(text)
  await setVisibility(source, 'internal')
  expect((await api.delete(`/v1/citations/${into}`)).status).toBe(204)
  expect(await readAll(paths)).toEqual(paths.map(() => expect.not.stringContaining(text)))
  expect(await readAll(paths, adminKey)).toEqual(paths.map(() => secret))
  await setVisibility(source, 'public')
  expect(await readAll(paths)).toEqual(paths.map(() => secret))
})
