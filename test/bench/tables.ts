import type { Name } from './cases.ts'
import { type Depths, median } from './deep.ts'
import type { Figures } from './load.ts'
import type { Peer } from './peers.ts'
import type { Transfer } from './transfer.ts'

/** A case with what was measured of each server. */
export interface Measured {
  name: string
  /** The middle round of each. */
  servers: Partial<Record<Name, Figures>>
  /** What each answered in a second, round by round. */
  rounds: Partial<Record<Name, number[]>>
}

/** All that a run measures. */
export interface Results {
  agreements: number
  cases: Measured[]
  depths: Depths | undefined
  transfers: { rows: number; service: Transfer; copy: Transfer } | undefined
  peers: Peer[]
}

const shown = (figure: number, digits = 2) => Number(figure.toFixed(digits))

/** What a server answered in a second to what another one did, the middle of the rounds: those of a round share what else the machine does. */
function ratioOf({ rounds }: Measured, server: Name, against: Name): number {
  const others = rounds[against] ?? []
  return median((rounds[server] ?? []).map((perSecond, round) => perSecond / (others[round] ?? Number.NaN)))
}

/** Prints what each server did with each case, as a ratio of the server written by hand. */
export function printCases(cases: Measured[]): void {
  console.table(
    cases.flatMap((one) =>
      Object.entries(one.servers).map(([server, figures]) => ({
        case: one.name,
        server,
        // The keys are those of the record.
        'of by hand': shown(ratioOf(one, server as Name, 'by hand')),
        'req/s': shown(figures.perSecond, 0),
        'p50 ms': figures.p50,
        'p99 ms': figures.p99,
        'CPU µs': shown(figures.cpu, 0),
        MB: shown(figures.memory, 0),
      })),
    ),
  )
}

interface Floor {
  what: string
  measured: number
  /** What it must reach, or must not exceed. */
  least?: number
  most?: number
}

function floorsOf({ cases, depths, transfers, peers }: Results): Floor[] {
  const ratios: [string, string, Name, Name, number][] = [
    ['hot list of 25 / bare server', 'list of 25, flat columns', 'hot', 'bare', 0.75],
    ['cold list of 25 nested / by hand', 'list of 25, nested participants', 'cold', 'by hand', 0.9],
    ['cold by key / by hand', 'one by key', 'cold', 'by hand', 0.85],
    ['create / by hand', 'create', 'cold', 'by hand', 0.7],
    ['patch / by hand', 'patch', 'cold', 'by hand', 0.7],
    ['aggregate / by hand', 'aggregate by country and year', 'cold', 'by hand', 0.9],
  ]
  const ofCases = ratios.flatMap(([what, name, server, against, least]) =>
    cases
      .filter((one) => one.name === name)
      .map((one) => ({ what, measured: ratioOf(one, server, against), least })),
  )
  const ofDepths = depths
    ? [{ what: `page at ${depths.depth} / first`, measured: depths.deepPage / depths.firstPage, most: 1.3 }]
    : []
  const ofTransfers = transfers
    ? [
        {
          what: `export of ${transfers.rows} rows as CSV / COPY`,
          measured: transfers.copy.seconds / transfers.service.seconds,
          least: 0.5,
        },
        { what: 'growth of memory while exporting, MB', measured: transfers.service.growth, most: 100 },
      ]
    : []
  const ofPeers = peers.map(({ name, ratio: measured, least }) => ({
    what: `cold list / ${name}`,
    measured,
    least,
  }))
  return [...ofCases, ...ofDepths, ...ofTransfers, ...ofPeers]
}

/** Prints how what was measured stands to what it must reach. */
export function printFloors(results: Results): void {
  console.table(
    floorsOf(results).map(({ what, measured, least, most }) => ({
      what,
      measured: shown(measured),
      floor: least === undefined ? `at most ${most}` : `at least ${least}`,
      reached:
        measured >= (least ?? Number.NEGATIVE_INFINITY) && measured <= (most ?? Number.POSITIVE_INFINITY),
    })),
  )
}
