import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { StartupError } from '../startup-error.ts'

/** Descriptors of a process without connections: its files, pipes and timers, and requests to the issuer of tokens. */
const baseDescriptors = 100

/** The most connections of clients where the system would allow more. */
const defaultMaxConnections = 10_000

/** The service does not start where it could take fewer connections of clients. */
const minConnections = 20

const report = z.looseObject({
  userLimits: z.looseObject({
    open_files: z.looseObject({ soft: z.union([z.number(), z.literal('unlimited')]) }),
  }),
})

/**
 * Returns how many files and connections the process may have open at once: the limit `RLIMIT_NOFILE` after Node.js has
 * raised it as far as it may. Infinity where the system has no such limit.
 */
export function descriptorLimit(): number {
  const limit = process.platform === 'linux' ? linuxLimit() : reportedLimit()
  return limit ?? Number.POSITIVE_INFINITY
}

/** The diagnostic report would also look up the names of all peers, which may take seconds. */
function linuxLimit(): number | undefined {
  const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return limit === undefined ? undefined : Number(limit)
}

function reportedLimit(): number | undefined {
  const soft = report.safeParse(process.report.getReport()).data?.userLimits.open_files.soft
  return typeof soft === 'number' ? soft : undefined
}

/**
 * Returns how many connections of clients the process can take, so that it has descriptors left for everything else.
 * @param wanted the configured number; undefined for as many as possible, up to 10,000.
 * @param databaseConnections the most connections to PostgreSQL.
 * @throws StartupError when the limit of the process leaves too few.
 */
export function maxClientConnections(
  limit: number,
  wanted: number | undefined,
  databaseConnections: number,
): number {
  const reserved = baseDescriptors + databaseConnections
  if (limit - reserved < minConnections)
    throw new StartupError(
      `the process may have ${limit} open files, and needs at least ${reserved + minConnections}: raise the limit (ulimit -n, LimitNOFILE=), or lower POOL_SIZE`,
    )
  return Math.min(wanted ?? defaultMaxConnections, limit - reserved)
}
