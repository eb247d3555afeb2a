import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AttackName } from './attacks/index.ts'
import { measurementsSchema, type Summary } from './measurement.ts'
import { residentMegabytes } from './memory.ts'
import { Helper } from './process.ts'

const calmMs = 5000
const attackMs = 30_000
const recoveryMs = 60_000

/** Share of the memory before an attack that may be in use after it. */
const maxMemoryShare = 1.2

/** The service under attack. */
export interface Besieged {
  port: number
  pid: number
  /** The key with which the other client writes. */
  writerKey: string
}

/** What was measured of an attack. */
export interface Outcome {
  /** Of the other client before the attack, by kind of request. */
  calm: Record<string, Summary>
  /** Of the other client during the attack. */
  attacked: Record<string, Summary>
  /** What came of the attacker's requests. */
  attacker: Record<string, number>
  memory: { beforeMb: number; peakMb: number; afterMb: number; recoveredAfterMs: number | undefined }
}

const tallySchema = z.record(z.string(), z.int())

/** Attacks the service from one address, and measures from another one how the service answers meanwhile. */
export async function besiege(
  { port, pid, writerKey }: Besieged,
  attack: AttackName,
  attackerKey: string | undefined,
): Promise<Outcome> {
  const helpers: Helper[] = []
  const start = (file: string, input: unknown) => {
    const helper = new Helper(file, input)
    helpers.push(helper)
    return helper
  }
  const killAll = () => Promise.all(helpers.map((helper) => helper.kill()))
  const startClient = () =>
    start('client.ts', { target: { port, localAddress: '127.0.0.3' }, key: writerKey })
  try {
    const client = startClient()
    await client.message()
    await sleep(calmMs)
    const calm = measurementsSchema.parse(await client.ask())
    const beforeMb = await residentMegabytes(pid)
    const target = { port, localAddress: '127.0.0.2', ...(attackerKey !== undefined && { key: attackerKey }) }
    const attacker = start('attacker.ts', { attack, target })
    const peakMb = await highestMemory(pid, attackMs)
    const tally = tallySchema.parse(await attacker.ask())
    const attacked = measurementsSchema.parse(await client.ask())
    await killAll()
    // Garbage of the attack stays until there is work. So the client comes again, and does what it did at first.
    startClient()
    return {
      calm,
      attacked,
      attacker: tally,
      memory: { beforeMb, peakMb, ...(await recovery(pid, beforeMb)) },
    }
  } finally {
    await killAll()
  }
}

async function highestMemory(pid: number, duringMs: number): Promise<number> {
  let highest = 0
  for (const end = Date.now() + duringMs; Date.now() < end; await sleep(250))
    highest = Math.max(highest, await residentMegabytes(pid))
  return highest
}

/** Waits until the memory is back, a minute at most. */
async function recovery(
  pid: number,
  beforeMb: number,
): Promise<{ afterMb: number; recoveredAfterMs: number | undefined }> {
  const start = Date.now()
  for (;;) {
    const afterMb = await residentMegabytes(pid)
    const tookMs = Date.now() - start
    if (afterMb <= beforeMb * maxMemoryShare) return { afterMb, recoveredAfterMs: tookMs }
    if (tookMs > recoveryMs) return { afterMb, recoveredAfterMs: undefined }
    await sleep(500)
  }
}
