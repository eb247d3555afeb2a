import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'
import { asAdministrator, fetchText, openService } from './service.ts'

/** The service at the limits of file descriptors and memory. */

const database = useOpened(openTestDatabase)

it('1,100 idle connections at a limit of 1,024 open files do not block other clients', async () => {
  const service = await openService(
    database.url,
    { MAX_CONNECTIONS_PER_ADDRESS: '100000', MAX_CONNECTIONS_PER_SECOND: '0' },
    { openFiles: 1024 },
  )
  const { origin } = service
  const { hostname, port } = new URL(origin)
  const sockets = Array.from({ length: 1100 }, () =>
    connect(Number(port), hostname)
      .on('error', () => {})
      .resume(),
  )
  try {
    await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])))
    for (let round = 0; round < 10; round += 1) {
      await sleep(500)
      expect((await fetchText(`${origin}/healthz`, {}))?.status).toBe(200)
      expect((await fetchText(`${origin}/v1/agreements?limit=${round + 1}`, {}))?.status).toBe(200)
      const init = {
        method: 'PATCH',
        headers: { ...asAdministrator, 'content-type': 'application/merge-patch+json', 'if-match': '*' },
        body: '{"name":"Reached"}',
      }
      expect((await fetchText(`${origin}/v1/topics/energy`, init))?.status).toBe(200)
    }
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  expect(await service.stop()).toBe(0)
  expect((await service.currentRun().ended).stderr).toBe('')
})

it('a process with a 256 MB heap survives 24 concurrent bodies of 8 MB', async ({ task }) => {
  const service = await openService(database.url, { NODE_OPTIONS: '--max-old-space-size=256' })
  const { origin } = service
  const operations = Array.from({ length: 1000 }, (_, index) => ({
    op: 'create',
    document: { title: `Large ${index}`, kind: 'agreement', summary: 'x'.repeat(8000) },
  }))
  const body = JSON.stringify({ operations })
  const counts: Record<string, number> = {}
  const end = performance.now() + 15_000
  const client = async () => {
    while (performance.now() < end) {
      const response = await fetchText(`${origin}/v1/agreements/bulk`, {
        method: 'POST',
        headers: asAdministrator,
        body,
      })
      const status = response?.status ?? 'disconnected'
      counts[status] = (counts[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: 24 }, client))
  task.meta.figures = counts
  expect(Object.keys(counts).filter((status) => !['200', '503', 'disconnected'].includes(status))).toEqual([])
  expect(counts['200']).toBeGreaterThan(0)
  expect((await fetchText(`${origin}/healthz`, {}))?.status).toBe(200)
  expect(await service.stop()).toBe(0)
})
