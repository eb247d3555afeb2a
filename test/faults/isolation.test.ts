import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { runInProcess } from '../support/command-line.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import type { AttackName } from './isolation/attacks/index.ts'
import { runAttack } from './isolation/run-attack.ts'
import { formatFigures, listShortfalls } from './isolation/thresholds.ts'
import { asAdministrator, openService } from './service.ts'

/**
 * One client overloads the service while another client reads, lists and writes at an ordinary rate. The service listens on a
 * loopback address, so it has no rate limit: the tests show that the other client is protected without one.
 */

const agreements = 50_000

/** The limit of file descriptors, as on many systems by default. Connections also use file descriptors. */
const openFiles = 1024

interface Case {
  title: string
  attack: AttackName
  /** A status that some responses to the attacker must have. If none has it, the attack is not the one in the title. */
  status?: number
  /** The role of the attacker's key. Without one, the attacker is anonymous. */
  role?: 'reader' | 'editor'
}

const cases: Case[] = [
  { title: 'sends searches of 1 MiB with as many entries as fit', attack: 'largeSearches' },
  { title: 'sends writes of 1 or 2 MiB with an editor key', attack: 'largeWrites', role: 'editor' },
  { title: 'sends bodies full of faults and reads no response', attack: 'manyFaults' },
  { title: 'sends ten expensive requests at a time', attack: 'expensiveRequests' },
  {
    title: 'sends ten expensive requests at a time with a reader key',
    attack: 'expensiveRequests',
    role: 'reader',
  },
  {
    title: 'sends ten expensive requests at a time and aborts each after 100 ms',
    attack: 'abandonedRequests',
  },
  {
    title: 'holds more idle connections than the process has file descriptors',
    attack: 'idleConnections',
  },
  { title: 'reads five exports at 1 kB a second', attack: 'slowExports' },
  {
    title: 'follows the changes on 1,000 streams, and respects Retry-After',
    attack: 'manyStreams',
    status: 200,
  },
  {
    title: 'follows the changes on 1,000 streams, and retries refused ones every second',
    attack: 'impatientStreams',
    status: 200,
  },
  { title: 'replays the changes on 400 streams and stops reading', attack: 'pausedReplays' },
  { title: 'pipelines 2,000 requests at a time on each of 20 connections', attack: 'pipelinedRequests' },
  { title: 'sends searches in chunks of one byte', attack: 'smallChunks' },
]

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  await runInProcess(['generate', '--agreements', String(agreements)], { DATABASE_URL: database.url })
}, 600_000)
afterAll(() => database.close())

/** Creates a key and returns it. */
async function createKey(origin: string, role: string): Promise<string> {
  const response = await fetch(`${origin}/v1/keys`, {
    method: 'POST',
    headers: asAdministrator,
    body: JSON.stringify({ name: `a client with the role ${role}`, role }),
  })
  return z.looseObject({ key: z.string() }).parse(await response.json()).key
}

describe('another client gets its responses within the thresholds while one client', () => {
  for (const { title, attack, status, role } of cases) {
    it(title, async ({ skip, task }) => {
      if (process.platform !== 'linux') skip('127.0.0.2 and /proc/<pid>/status exist on Linux only')
      const service = await openService(database.url, {}, { openFiles })
      const { pid } = service.currentRun()
      if (pid === undefined) throw new Error('the service has no process')
      let hasEnded = false
      service.currentRun().ended.then(() => {
        hasEnded = true
      })
      const outcome = await runAttack(
        {
          pid,
          port: Number(new URL(service.origin).port),
          writerKey: await createKey(service.origin, 'editor'),
        },
        attack,
        role && (await createKey(service.origin, role)),
      )
      task.meta.figures = formatFigures(outcome)
      expect(hasEnded, 'the process has ended').toBe(false)
      expect(listShortfalls(outcome)).toEqual([])
      if (status !== undefined) expect(outcome.attacker).toHaveProperty(String(status))
    })
  }
})
