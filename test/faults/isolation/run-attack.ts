import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AttackName } from './attacks/index.ts'
import { HelperProcess } from './helper-process.ts'
import { measurementsSchema, type Summary } from './measurement.ts'
import { residentMebibytes } from './memory.ts'

/** Longer than the longest interval of the client, so that it sends each kind of request at least once. */
const baselineMs = 6000
const attackMs = 30_000
const recoveryMs = 60_000

/** Maximum ratio of the memory after an attack to the memory before it. */
const maxMemoryRatio = 1.2

/** The service under attack. */
export interface AttackedService {
  port: number
  pid: number
  /** The key with which a client other than the attacker writes. */
  writerKey: string
}

/** The measurements of an attack. */
export interface AttackOutcome {
  /** The other client before the attack, by kind of request. */
  baseline: Record<string, Summary>
  /** The other client during the attack. */
  underAttack: Record<string, Summary>
  /** Counts of the outcomes of the attacker's requests. */
  attacker: Record<string, number>
  memory: { beforeMib: number; peakMib: number; afterMib: number; recoveredAfterMs: number | undefined }
}

const countsSchema = z.record(z.string(), z.int())

/** Attacks the service from one address, and meanwhile measures the response times of a client with another address. */
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
    start('client.ts', { sender: { port, localAddress: '127.0.0.3' }, apiKey: writerKey })
  try {
    const sender = { port, localAddress: '127.0.0.2', ...(attackerKey !== undefined && { key: attackerKey }) }
    // The process of the attacker starts before the baseline, since starting it takes CPU time.
    const attacker = start('attacker.ts', { attack, sender })
    await attacker.nextMessage()
    const client = startClient()
    await client.nextMessage()
    await sleep(baselineMs)
    const baseline = measurementsSchema.parse(await client.requestReport())
    const beforeMib = await residentMebibytes(pid)
    // The first message to the attacker starts the attack.
    await attacker.requestReport()
    const peakMib = await measurePeakMemory(pid, attackMs)
    const counts = countsSchema.parse(await attacker.requestReport())
    const underAttack = measurementsSchema.parse(await client.requestReport())
    await killAll()
    // V8 collects the garbage of the attack only under load, so the client runs again.
    startClient()
    return {
      baseline,
      underAttack,
      attacker: counts,
      memory: { beforeMib, peakMib, ...(await waitForRecovery(pid, beforeMib)) },
    }
  } finally {
    await killAll()
  }
}

async function measurePeakMemory(pid: number, duringMs: number): Promise<number> {
  let peakMib = 0
  for (const end = Date.now() + duringMs; Date.now() < end; await sleep(250))
    peakMib = Math.max(peakMib, await residentMebibytes(pid))
  return peakMib
}

/** Waits for at most `recoveryMs` until memory is at most `maxMemoryRatio` times `beforeMib`. */
async function waitForRecovery(
  pid: number,
  beforeMib: number,
): Promise<{ afterMib: number; recoveredAfterMs: number | undefined }> {
  const start = Date.now()
  for (;;) {
    const afterMib = await residentMebibytes(pid)
    const tookMs = Date.now() - start
    if (afterMib <= beforeMib * maxMemoryRatio) return { afterMib, recoveredAfterMs: tookMs }
    if (tookMs > recoveryMs) return { afterMib, recoveredAfterMs: undefined }
    await sleep(500)
  }
}
