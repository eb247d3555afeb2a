import { percentile, type Summary, successPercent } from './measurement.ts'
import type { Outcome } from './siege.ts'

/** What must hold of one kind of request while an attack runs. */
interface Threshold {
  kind: string
  /** Of 100 requests, how many must be answered well within `withinMs`. */
  minPercent: number
  withinMs: number
  /** Of 100 good responses, 99 must take no longer. */
  maxP99Ms?: number
}

const thresholds: Threshold[] = [
  { kind: 'reads', minPercent: 99, withinMs: 10_000, maxP99Ms: 500 },
  { kind: 'lists', minPercent: 99, withinMs: 10_000, maxP99Ms: 500 },
  { kind: 'writes', minPercent: 95, withinMs: 2000 },
  { kind: 'health', minPercent: 99, withinMs: 10_000, maxP99Ms: 100 },
  { kind: 'exports', minPercent: 100, withinMs: 10_000 },
  { kind: 'pasts', minPercent: 100, withinMs: 10_000 },
]

/** On a machine that is busy with other things, responses may take so many times as long as without an attack. */
const maxSlowdown = 5

function shortfallOf({ calm, attacked }: Outcome, threshold: Threshold): string | undefined {
  const { kind, minPercent, withinMs, maxP99Ms = withinMs } = threshold
  const [before, during] = [calm[kind], attacked[kind]]
  if (!before || !during) return `${kind}: none was measured`
  const percent = successPercent(during, withinMs)
  if (percent < minPercent)
    return `${kind}: ${percent.toFixed(1)} % within ${withinMs} ms, ${JSON.stringify(during.statuses)}`
  const [p99Ms, allowedMs] = [
    percentile(during, 99),
    Math.max(maxP99Ms, maxSlowdown * percentile(before, 99)),
  ]
  return p99Ms > allowedMs ? `${kind}: p99 ${p99Ms} ms, at most ${allowedMs} ms` : undefined
}

/** What does not hold of an outcome; empty when the attacker took nothing away from the other client. */
export function shortfalls(outcome: Outcome): string[] {
  const { attacker, memory } = outcome
  const found = thresholds.map((threshold) => shortfallOf(outcome, threshold))
  if (!attacker.begun) found.push('the attack has not begun')
  if (memory.recoveredAfterMs === undefined)
    found.push(
      `memory: ${Math.round(memory.beforeMb)} MiB before, ${Math.round(memory.afterMb)} MiB a minute after`,
    )
  return found.filter((shortfall) => shortfall !== undefined)
}

const times = (summary: Summary) => `p50 ${percentile(summary, 50)} ms, p99 ${percentile(summary, 99)} ms`

function shown({ calm, attacked }: Outcome, { kind, withinMs }: Threshold): [string, string] {
  const [before, during] = [calm[kind], attacked[kind]]
  if (!before || !during) return [kind, 'none']
  return [kind, `${successPercent(during, withinMs).toFixed(1)} %, ${times(during)} (calm: ${times(before)})`]
}

/** The numbers of an outcome, for the table. */
export function figures(outcome: Outcome): Record<string, string> {
  const { beforeMb, peakMb, afterMb, recoveredAfterMs } = outcome.memory
  const time =
    recoveredAfterMs === undefined ? 'not back' : `back after ${(recoveredAfterMs / 1000).toFixed(1)} s`
  return {
    ...Object.fromEntries(thresholds.map((threshold) => shown(outcome, threshold))),
    'MiB before, at most, in the end': `${[beforeMb, peakMb, afterMb].map(Math.round).join(', ')} (${time})`,
    "the attacker's requests": JSON.stringify(outcome.attacker),
  }
}
