import { parseArgs } from 'node:util'

/** Options of a run of the benchmark. */
export interface Options {
  /** Minimum number of agreements in the registry. */
  agreements: number
  /** Seconds of load per case, server and round. */
  seconds: number
  /** Number of rounds per case; their median is the result. */
  rounds: number
  /** Simultaneous connections. */
  connections: number
  /** URL of the database to use; undefined: an embedded PostgreSQL in `.data-bench`, which the next run reuses. */
  database: string | undefined
  /** Names of the cases to run; empty: all cases. */
  only: string[]
  /** Whether to compare with other API servers, which are installed from the npm registry. */
  peers: boolean
  /** File for the results as JSON. */
  json: string
}

/** Names of all cases. */
const caseNames = [
  'size',
  'read',
  'list',
  'wide',
  'q',
  'count',
  'aggregate',
  'aggregates',
  'create',
  'patch',
  'changed',
  'grown',
  'mixed',
  'limits',
  'depth',
  'export',
  'imports',
]

function parseCase(name: string): string {
  if (!caseNames.includes(name)) throw new Error(`--only: ${name} is not one of ${caseNames.join(', ')}`)
  return name
}

/** Reads the command line. @throws for unknown options and invalid values. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      agreements: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '16' },
      database: { type: 'string' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: false },
      json: { type: 'string', default: 'bench.json' },
    },
  })
  const { database, only, peers, json } = values
  const readNumber = (name: 'agreements' | 'seconds' | 'rounds' | 'connections') => {
    const text = values[name]
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name}: ${text} is not a whole number above 0`)
    return Number(text)
  }
  return {
    agreements: readNumber('agreements'),
    seconds: readNumber('seconds'),
    rounds: readNumber('rounds'),
    connections: readNumber('connections'),
    database,
    only: only === '' ? [] : only.split(',').map(parseCase),
    peers,
    json,
  }
}
