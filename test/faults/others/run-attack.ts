import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AttackName } from './attacks/index.ts'
import { HelperProcess } from './helper-process.ts'
import { measurementsSchema, type Summary } from './measurement.ts'
import { residentMegabytes } from './memory.ts'

const baselineMs = 5000
const attackMs = 30_000
const recoveryMs = 60_000

/** Maximum memory after an attack, relative to the memory before it. */
const maxMemoryShare = 1.2

/** The service under attack. */
export interface AttackedService {
  port: number
  pid: number
  /** The key with which the other client writes. */
  writerKey: string
}

/** The measurements of an attack. */
export interface AttackOutcome {
  /** The other client before the attack, by kind of request. */
  baseline: Record<string, Summary>
  /** The other client during the attack. */
  underAttack: Record<string, Summary>
  /** The outcomes of the attacker's requests, counted. */
  attacker: Record<string, number>
  memory: { beforeMb: number; peakMb: number; afterMb: number; recoveredAfterMs: number | undefined }
}

const countsSchema = z.record(z.string(), z.int())

/** Attacks the service from one address, and measures response times of a client with another address meanwhile. */
export async function runAttack(
  { port, pid, writerKey }: AttackedService,
  attack: AttackName,
  attackerKey: string | undefined,
): Promise<AttackOutcome> {
  const helpers: HelperProcess[] = []
  const start = (file: string, input: unknown) => {
    const helper = new HelperProcess(file, input)
    helpers.push(helper)
    return helper
  }
  const killAll = () => Promise.all(helpers.map((helper) => helper.kill()))
  const startClient = () =>
    start('client.ts', { target: { port, localAddress: '127.0.0.3' }, key: writerKey })
  try {
    const target = { port, localAddress: '127.0.0.2', ...(attackerKey !== undefined && { key: attackerKey }) }
    // A process that starts takes processor time, which is no part of the attack.
    const attacker = start('attacker.ts', { attack, target })
    await attacker.nextMessage()
    const client = startClient()
    await client.nextMessage()
    await sleep(baselineMs)
    const baseline = measurementsSchema.parse(await client.requestReport())
    const beforeMb = await residentMegabytes(pid)
    await attacker.requestReport()
    const peakMb = await measurePeakMemory(pid, attackMs)
    const counts = countsSchema.parse(await attacker.requestReport())
    const underAttack = measurementsSchema.parse(await client.requestReport())
    await killAll()
    // V8 collects the garbage of the attack only under load, so the client runs again.
    startClient()
    return {
      baseline,
      underAttack,
      attacker: counts,
      memory: { beforeMb, peakMb, ...(await waitForRecovery(pid, beforeMb)) },
    }
  } finally {
    await killAll()
  }
}

async function measurePeakMemory(pid: number, duringMs: number): Promise<number> {
  let highest = 0
  for (const end = Date.now() + duringMs; Date.now() < end; await sleep(250))
    highest = Math.max(highest, await residentMegabytes(pid))
  return highest
}

/** Waits until memory is below `maxMemoryShare`, for at most `recoveryMs`. */
async function waitForRecovery(
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
