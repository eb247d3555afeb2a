import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'
import { readFeed } from './feed.ts'
import { asAdministrator, fetchText, openService } from './service.ts'

/** Many clients edit one record at the same time. */

const editorCount = 200

const database = useOpened(openTestDatabase)

const record = z.looseObject({ id: z.string(), summary: z.string() })

/** Returns the names in the summary of a record, in order. */
const namesIn = (document: unknown) => record.parse(document).summary.split('; ')

const headers = { ...asAdministrator, 'content-type': 'application/merge-patch+json' }

/**
 * Adds a name to a record without overwriting changes of others: reads the record, writes with its ETag, and starts again
 * when the write is refused because the ETag is no longer current or the service is busy (503).
 * @returns the name, the version after the change, and the number of attempts.
 */
async function addName(
  url: string,
  name: string,
): Promise<{ name: string; version: number; attempts: number }> {
  for (let attempts = 1; ; attempts++) {
    const read = await fetchText(url, {})
    const etag = read?.headers.get('etag')
    if (!read || !etag) throw new Error(`the status of a read was ${read?.status}`)
    const summary = [...namesIn(JSON.parse(read.text)), name].join('; ')
    const written = await fetchText(url, {
      method: 'PATCH',
      headers: { ...headers, 'if-match': etag },
      body: JSON.stringify({ summary }),
    })
    if (written?.status === 200) return { name, version: JSON.parse(written.text).version, attempts }
    if (written?.status !== 412 && written?.status !== 503)
      throw new Error(`the status of a write was ${written?.status}: ${written?.text}`)
    await sleep(Math.random() * 1000)
  }
}

it('200 editors of one record at the same time lose no change', async ({ task }) => {
  const services = [await openService(database.url), await openService(database.url)]
  const [{ origin = '' } = {}] = services
  const created = await fetchText(`${origin}/v1/agreements`, {
    method: 'POST',
    headers: asAdministrator,
    body: JSON.stringify({ title: 'An agreement that many edit', kind: 'agreement', summary: 'Nobody' }),
  })
  const { id } = record.parse(JSON.parse(created?.text ?? ''))
  const edits = await Promise.all(
    Array.from({ length: editorCount }, (_, index) =>
      addName(`${services[index % services.length]?.origin}/v1/agreements/${id}`, `Name ${index}`),
    ),
  )
  const last = await fetchText(`${origin}/v1/agreements/${id}`, {})
  const feed = (await readFeed(origin, 'agreements')).filter(({ key }) => key === id)
  task.meta.figures = {
    edits: edits.length,
    attempts: edits.reduce((sum, { attempts }) => sum + attempts, 0),
    versions: feed.length,
  }
  expect(namesIn(JSON.parse(last?.text ?? '')).sort()).toEqual(
    ['Nobody', ...edits.map(({ name }) => name)].sort(),
  )
  expect(feed.map(({ version }) => version)).toEqual(
    Array.from({ length: editorCount + 1 }, (_, index) => index + 1),
  )
  // Each version has the names of the previous version and one more.
  const states = new Map(feed.map(({ version, document }) => [version, namesIn(document)]))
  for (const { version, name } of edits) {
    expect(states.get(version)).toEqual([...(states.get(version - 1) ?? []), name])
  }
})
