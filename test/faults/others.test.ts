import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { runInProcess } from '../support/command-line.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import type { AttackName } from './others/attacks/index.ts'
import { besiege } from './others/siege.ts'
import { figures, shortfalls } from './others/thresholds.ts'
import { asAdministrator, openService } from './service.ts'

/**
 * A client who asks for more than a share of the service, beside one who reads, lists and writes at an everyday rate.
 * There is no rate limit on the loopback, so that everything that holds here holds without one.
 */

const agreements = 50_000

/** What a service may open without further settings on many systems: files, and connections to clients and database. */
const openFiles = 1024

interface Case {
  does: string
  attack: AttackName
  /** The role of the attacker's key. Without one, the attacker is anonymous. */
  role?: 'reader' | 'editor'
}

const cases: Case[] = [
  { does: 'sends searches of 1 MiB with as many entries as fit', attack: 'largeSearches' },
  { does: 'sends writes of the largest size with an editor key', attack: 'largeWrites', role: 'editor' },
  { does: 'sends bodies full of faults and reads no response', attack: 'manyFaults' },
  { does: 'asks ten expensive questions at a time', attack: 'expensiveQuestions' },
  {
    does: 'asks ten expensive questions at a time with a reader key',
    attack: 'expensiveQuestions',
    role: 'reader',
  },
  {
    does: 'asks ten expensive questions at a time and leaves each after 100 ms',
    attack: 'abandonedQuestions',
  },
  { does: 'holds more idle connections than the service may open', attack: 'idleConnections' },
  { does: 'reads five exports at 1 kB a second', attack: 'slowExports' },
  { does: 'follows the changes on 1,000 streams, and waits as told where refused', attack: 'manyStreams' },
  {
    does: 'follows the changes on 1,000 streams, and again every second where refused',
    attack: 'hastyStreams',
  },
  { does: 'replays the changes on 400 streams and stops reading', attack: 'pausedReplays' },
  { does: 'sends thousands of requests in one packet on 20 connections', attack: 'pipelinedRequests' },
  { does: 'sends searches in chunks of one byte', attack: 'smallChunks' },
]

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  await runInProcess(['generate', '--agreements', String(agreements)], { DATABASE_URL: database.url })
}, 600_000)
afterAll(() => database.close())

/** Creates a key, and returns it. */
async function createKey(origin: string, role: string): Promise<string> {
  const response = await fetch(`${origin}/v1/keys`, {
    method: 'POST',
    headers: asAdministrator,
    body: JSON.stringify({ name: `a client with the role ${role}`, role }),
  })
  return z.looseObject({ key: z.string() }).parse(await response.json()).key
}

describe('others read, write and are as quick as before while one client', () => {
  for (const { does, attack, role } of cases) {
    it(does, async ({ skip, task }) => {
      if (process.platform !== 'linux') skip('127.0.0.2 and /proc/<pid>/status are there on Linux only')
      const service = await openService(database.url, {}, { openFiles })
      const { pid } = service.run()
      if (pid === undefined) throw new Error('the service has no process')
      let hasEnded = false
      service.run().ended.then(() => {
        hasEnded = true
      })
      const outcome = await besiege(
        {
          pid,
          port: Number(new URL(service.origin).port),
          writerKey: await createKey(service.origin, 'editor'),
        },
        attack,
        role && (await createKey(service.origin, role)),
      )
      task.meta.figures = figures(outcome)
      expect(hasEnded, 'the process has ended').toBe(false)
      expect(shortfalls(outcome)).toEqual([])
    })
  }
})
