import { percentile, type Summary, successPercent } from './measurement.ts'
import type { AttackOutcome } from './run-attack.ts'

/** The requirements for one kind of request during an attack. */
interface Threshold {
  kind: string
  /** Percentage of requests that must succeed within `withinMs`. */
  minPercent: number
  withinMs: number
  /** Maximum 99th percentile of the response times of successful requests. */
  maxP99Ms?: number
}

const thresholds: Threshold[] = [
  { kind: 'reads', minPercent: 99, withinMs: 10_000, maxP99Ms: 500 },
  { kind: 'lists', minPercent: 99, withinMs: 10_000, maxP99Ms: 500 },
  { kind: 'writes', minPercent: 95, withinMs: 2000 },
  { kind: 'health', minPercent: 99, withinMs: 10_000, maxP99Ms: 100 },
  { kind: 'exports', minPercent: 100, withinMs: 10_000 },
  { kind: 'asOf', minPercent: 100, withinMs: 10_000 },
]

/** Maximum ratio of the 99th percentile during the attack to that before it, if this allows more than `maxP99Ms`. */
const maxSlowdown = 5

function describeShortfall(
  { baseline, underAttack }: AttackOutcome,
  threshold: Threshold,
): string | undefined {
  const { kind, minPercent, withinMs, maxP99Ms = withinMs } = threshold
  const [before, during] = [baseline[kind], underAttack[kind]]
  if (!before || !during) return `${kind}: no request was measured`
  const percent = successPercent(during, withinMs)
  if (percent < minPercent)
    return `${kind}: ${percent.toFixed(1)} % within ${withinMs} ms, ${JSON.stringify(during.statuses)}`
  const [p99Ms, allowedMs] = [
    percentile(during, 99),
    Math.max(maxP99Ms, maxSlowdown * percentile(before, 99)),
  ]
  return p99Ms > allowedMs ? `${kind}: p99 ${p99Ms} ms, at most ${allowedMs} ms` : undefined
}

/** Lists the requirements that an outcome does not meet. */
export function listShortfalls(outcome: AttackOutcome): string[] {
  const { attacker, memory } = outcome
  const found = thresholds.map((threshold) => describeShortfall(outcome, threshold))
  if (!attacker.started) found.push('the attack has not started')
  if (memory.recoveredAfterMs === undefined)
    found.push(
      `memory: ${Math.round(memory.beforeMib)} MiB before, ${Math.round(memory.afterMib)} MiB a minute after`,
    )
  return found.filter((shortfall) => shortfall !== undefined)
}

const formatTimes = (summary: Summary) =>
  `p50 ${percentile(summary, 50)} ms, p99 ${percentile(summary, 99)} ms`

function formatKind(
  { baseline, underAttack }: AttackOutcome,
  { kind, withinMs }: Threshold,
): [string, string] {
  const [before, during] = [baseline[kind], underAttack[kind]]
  if (!before || !during) return [kind, 'none']
  return [
    kind,
    `${successPercent(during, withinMs).toFixed(1)} %, ${formatTimes(during)} (baseline: ${formatTimes(before)})`,
  ]
}

/** Formats the measurements of an outcome for the table. */
export function formatFigures(outcome: AttackOutcome): Record<string, string> {
  const { beforeMib, peakMib, afterMib, recoveredAfterMs } = outcome.memory
  const time =
    recoveredAfterMs === undefined
      ? 'not recovered'
      : `recovered after ${(recoveredAfterMs / 1000).toFixed(1)} s`
  return {
    ...Object.fromEntries(thresholds.map((threshold) => formatKind(outcome, threshold))),
    'MiB before, peak, after': `${[beforeMib, peakMib, afterMib].map(Math.round).join(', ')} (${time})`,
    "the attacker's requests": JSON.stringify(outcome.attacker),
  }
}
