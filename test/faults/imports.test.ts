import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { useOpened } from '../support/use-opened.ts'
import { readFeed } from './feed.ts'
import { openKillablePostgres } from './postgres.ts'
import { asAdministrator, fetchText, openService, type Service, waitUntil } from './service.ts'

/** Imports resume after a crash during the commit, and do not disturb other clients. */

const rowCount = 4000

/** Maximum wait for a step of an import, in milliseconds. */
const importTimeoutMs = 300_000

/** Maximum delay, in milliseconds, between the response to a client's write and the appearance of this write in the feed. */
const maxFeedDelayMs = 1000

const postgres = useOpened(openKillablePostgres)

const mappingOf = (scheme: string) => `
scheme: ${scheme}
rows: {format: csv}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      parties:
        - {country: PartyA, role: =party}
        - {country: PartyB, role: =party}
      relations:
        - {kind: =implements, agreement: Implements}
`

const countries = ['China', 'Pakistan', 'Germany', 'France', 'Brazil', 'India', 'Kenya']

/** A file of agreements. Every tenth refers to the record of the row 500 rows later, if the file has this row. */
const csv = [
  'Id,Title,PartyA,PartyB,Implements',
  ...Array.from({ length: rowCount }, (_, index) => {
    const later = index % 10 === 0 && index + 500 < rowCount ? `A${index + 500}` : ''
    return `A${index},Agreement ${index},${countries[index % 7]},${countries[(index + 1) % 7]},${later}`
  }),
].join('\n')

const importSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  failure: z.string().nullable(),
  counts: z.looseObject({ created: z.number(), refused: z.number() }),
})

async function upload({ origin }: Service, scheme: string) {
  const body = new FormData()
  body.append('mapping', new Blob([mappingOf(scheme)]), 'mapping.yaml')
  body.append('file', new Blob([csv]), 'agreements.csv')
  const { authorization } = asAdministrator
  const url = `${origin}/v1/imports?commit=true`
  const response = await fetch(url, { method: 'POST', headers: { authorization }, body })
  return importSchema.parse(await response.json())
}

/** Reads an import; undefined while the service or its database is down. */
async function read({ origin }: Service, id: string) {
  const response = await fetchText(`${origin}/v1/imports/${id}`, { headers: asAdministrator })
  return response?.status === 200 ? importSchema.parse(JSON.parse(response.text)) : undefined
}

/** Whether an import has created `count` records, or is committed. */
async function hasCreated(service: Service, id: string, count: number): Promise<boolean> {
  const { state, counts } = (await read(service, id)) ?? {}
  return state === 'committed' || (counts?.created ?? 0) >= count
}

const isFinished = async (service: Service, id: string): Promise<boolean> =>
  ['committed', 'failed'].includes((await read(service, id))?.state ?? '')

/** Reads the records of an import, without values that differ between runs. */
async function readContents({ origin }: Service, scheme: string): Promise<string[]> {
  const url = `${origin}/v1/agreements/export?format=ndjson&externalIdScheme=${scheme}&include=citations&sort=title`
  const text = await (await fetch(url, { headers: asAdministrator })).text()
  const found = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const titles = new Map(found.map(({ id, title }) => [id, title]))
  return found.map(({ title, version, parties, externalIds, relations, citations }) =>
    JSON.stringify({
      title,
      version,
      parties,
      ids: externalIds.map(({ id }: { id: string }) => id),
      relations: relations.map(({ agreement }: { agreement: string }) => titles.get(agreement)),
      rows: citations.map(({ locator }: { locator: unknown }) => locator),
    }),
  )
}

it('an import continues after kills of the service and PostgreSQL, with the same result', async ({
  task,
}) => {
  const service = await openService(postgres.url, { SEED: 'reference' })
  const undisturbed = await upload(service, 'undisturbed')
  await waitUntil(() => isFinished(service, undisturbed.id), importTimeoutMs)
  expect(await read(service, undisturbed.id)).toMatchObject({
    state: 'committed',
    failure: null,
    counts: { created: rowCount, refused: 0 },
  })

  const disturbed = await upload(service, 'disturbed')
  const kills = [service, postgres, service, postgres]
  for (const [index, server] of kills.entries()) {
    await waitUntil(() => hasCreated(service, disturbed.id, ((index + 1) * rowCount) / 6), importTimeoutMs)
    const { counts } = (await read(service, disturbed.id)) ?? {}
    task.meta.figures = { ...task.meta.figures, [`records at kill ${index + 1}`]: counts?.created ?? -1 }
    await server.kill()
    await server.start()
  }
  await waitUntil(() => isFinished(service, disturbed.id), importTimeoutMs)
  expect(await read(service, disturbed.id)).toMatchObject({
    state: 'committed',
    failure: null,
    counts: { created: rowCount, refused: 0 },
  })
  expect(await readContents(service, 'disturbed')).toEqual(await readContents(service, 'undisturbed'))
})

it('clients write while an import commits, and the feed has their changes within a second', async ({
  task,
}) => {
  const service = await openService(postgres.url)
  const { id } = await upload(service, 'feed')
  await waitUntil(() => hasCreated(service, id, 1), importTimeoutMs)
  const delaysMs: number[] = []
  while (!(await isFinished(service, id))) {
    const title = `Written meanwhile ${delaysMs.length}`
    const body = JSON.stringify({ title, kind: 'treaty' })
    const response = await fetchText(`${service.origin}/v1/agreements`, {
      method: 'POST',
      headers: asAdministrator,
      body,
    })
    expect(response?.status).toBe(201)
    const writtenAt = performance.now()
    const newest = `${service.origin}/v1/changes?resource=agreements&order=desc&limit=500`
    await waitUntil(async () => ((await fetchText(newest, {}))?.text ?? '').includes(title), 30_000)
    delaysMs.push(performance.now() - writtenAt)
    await sleep(50)
  }
  const longestMs = Math.max(...delaysMs)
  task.meta.figures = { writes: delaysMs.length, 'longest delay in the feed, ms': Math.round(longestMs) }
  expect(delaysMs.length).toBeGreaterThan(5)
  expect(longestMs).toBeLessThan(maxFeedDelayMs)
  expect(await read(service, id)).toMatchObject({ state: 'committed', counts: { created: rowCount } })
  expect((await readFeed(service.origin, 'agreements')).length).toBeGreaterThan(rowCount)
})
