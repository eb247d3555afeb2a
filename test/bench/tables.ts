import type { ServerName } from './cases.ts'
import type { Depths } from './deep.ts'
import type { Measurement } from './load.ts'
import { median } from './median.ts'
import type { PeerResult } from './peers.ts'
import type { Transfer } from './transfer.ts'

/** A case with the measurements of each server. */
export interface CaseResult {
  name: string
  title: string
  /** Measurements of the median round, by server. */
  servers: Partial<Record<ServerName, Measurement>>
  /** Responses per second of each round, by server. */
  rounds: Partial<Record<ServerName, number[]>>
}

/** All that a run measures. */
export interface Results {
  agreements: number
  cases: CaseResult[]
  depths: Depths | undefined
  transfers: { rows: number; service: Transfer; withNames: Transfer; copy: Transfer } | undefined
  peers: PeerResult[]
  /** Ratios and other figures of the other cases. */
  others: BoundedFigure[]
}

const rounded = (figure: number, digits = 2) => Number(figure.toFixed(digits))

/** Ratio of the requests per second of two servers: the median over the rounds. */
function ratioOf({ rounds }: CaseResult, server: ServerName, against: ServerName): number {
  const others = rounds[against] ?? []
  return median((rounds[server] ?? []).map((perSecond, round) => perSecond / (others[round] ?? Number.NaN)))
}

/** Prints the measurements of each case and server, with the ratio to `by hand`, a server written only for these requests. */
export function printCases(cases: CaseResult[]): void {
  console.table(
    cases.flatMap((result) =>
      Object.entries(result.servers).map(([server, measurement]) => ({
        case: result.title,
        server,
        // The keys of `result.servers` are of type `ServerName`.
        'ratio to by hand': rounded(ratioOf(result, server as ServerName, 'by hand')),
        'req/s': rounded(measurement.perSecond, 0),
        'p50 ms': measurement.p50Ms,
        'p99 ms': measurement.p99Ms,
        'CPU µs': rounded(measurement.cpuMicrosecondsPerRequest, 0),
        MB: rounded(measurement.memoryMb, 0),
      })),
    ),
  )
}

/** A measured ratio, or another figure, with its bounds. */
export interface BoundedFigure {
  what: string
  measured: number
  /** Lower bound. */
  min?: number
  /** Upper bound. */
  max?: number
}

function figuresOf({ cases, depths, transfers, peers, others }: Results): BoundedFigure[] {
  const ratios: [string, string, ServerName, ServerName, number][] = [
    ['speed of a cached list / bare server', 'list', 'cached', 'bare', 0.85],
    ['speed of a cold list of 25 whole agreements / by hand', 'wide', 'cold', 'by hand', 3],
    ['speed of a cold list of 25 with five properties / by hand', 'list', 'cold', 'by hand', 0.9],
    ['speed of a cold read by key / by hand', 'read', 'cold', 'by hand', 0.85],
    ['speed of a create / by hand', 'create', 'cold', 'by hand', 0.9],
    ['speed of a patch / by hand', 'patch', 'cold', 'by hand', 0.9],
    ['speed of an aggregate / by hand', 'aggregate', 'cold', 'by hand', 0.9],
  ]
  const ofCases = ratios.flatMap(([what, name, server, against, min]) =>
    cases
      .filter((result) => result.name === name)
      .map((result) => ({ what, measured: ratioOf(result, server, against), min })),
  )
  const ofDepths = depths
    ? [
        {
          what: `duration of the page after ${depths.depth} records / first page`,
          measured: depths.deepPageMs / depths.firstPageMs,
          max: 1.3,
        },
      ]
    : []
  const ofTransfers = transfers
    ? [
        {
          what: `speed of an export of ${transfers.rows} rows as CSV, without names beside codes / COPY`,
          measured: transfers.copy.seconds / transfers.service.seconds,
          min: 0.5,
        },
        {
          what: 'speed of an export as CSV, with names beside codes / COPY',
          measured: transfers.copy.seconds / transfers.withNames.seconds,
        },
        { what: 'growth of memory while exporting, MB', measured: transfers.service.growthMb, max: 100 },
      ]
    : []
  const ofPeers = peers.map(({ name, ratio: measured, min }) => ({
    what: `speed of a cold list / ${name}`,
    measured,
    min,
  }))
  return [...ofCases, ...others, ...ofDepths, ...ofTransfers, ...ofPeers]
}

function describeBound({ min, max }: BoundedFigure): string {
  if (min !== undefined) return `at least ${min}`
  return max === undefined ? '' : `at most ${max}`
}

/** Describes whether a figure is within its bounds; empty if it has none. */
function describeOutcome({ measured, min, max }: BoundedFigure): string {
  if (min === undefined && max === undefined) return ''
  const isMet = measured >= (min ?? Number.NEGATIVE_INFINITY) && measured <= (max ?? Number.POSITIVE_INFINITY)
  return isMet ? 'yes' : 'no'
}

/** Prints every ratio and other figure, beside its bound if it has one. */
export function printFigures(results: Results): void {
  console.table(
    figuresOf(results).map((figure) => ({
      what: figure.what,
      measured: rounded(figure.measured),
      bound: describeBound(figure),
      met: describeOutcome(figure),
    })),
  )
}
