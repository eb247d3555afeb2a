import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { OperationalError } from '../operational-error.ts'

/** Descriptors for files, pipes, timers and requests to the token issuer. */
const baseDescriptors = 100

/** Maximum number of client connections if the configuration sets none. */
const defaultMaxConnections = 10_000

/** If the limit of descriptors leaves fewer for client connections, the service does not start. */
const minConnections = 20

/** The part of the diagnostic report of Node.js that has the limit. */
const reportSchema = z.looseObject({
  userLimits: z.looseObject({
    open_files: z.looseObject({ soft: z.union([z.number(), z.literal('unlimited')]) }),
  }),
})

/**
 * Returns how many files and connections the process may have open at the same time: the limit `RLIMIT_NOFILE` after Node.js
 * has raised it as far as the system allows. Infinity if there is no such limit, or it cannot be read.
 */
export function descriptorLimit(): number {
  const limit = process.platform === 'linux' ? readLinuxLimit() : readReportedLimit()
  return limit ?? Number.POSITIVE_INFINITY
}

/** Reads the limit from /proc. A diagnostic report would also look up the names of all peers, which may take seconds. */
function readLinuxLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? undefined : Number(limit)
  } catch {
    // Some sandboxes have no /proc.
    return undefined
  }
}

function readReportedLimit(): number | undefined {
  const soft = reportSchema.safeParse(process.report.getReport()).data?.userLimits.open_files.soft
  return typeof soft === 'number' ? soft : undefined
}

/**
 * Returns the maximum number of client connections, so that the process has enough descriptors for everything else.
 * @param limit the maximum number of descriptors of the process.
 * @param configured the configured maximum of client connections; undefined for as many as possible, up to 10,000.
 * @param databaseConnections number of descriptors that are kept free for connections to PostgreSQL.
 * @throws OperationalError when the limit leaves too few client connections.
 */
export function maxClientConnections(
  limit: number,
  configured: number | undefined,
  databaseConnections: number,
): number {
  const reserved = baseDescriptors + databaseConnections
  if (limit - reserved < minConnections)
    throw new OperationalError(
      `the process may have ${limit} open files, and needs at least ${reserved + minConnections}: raise the limit (ulimit -n, LimitNOFILE=), or lower POOL_SIZE or MAX_EXPORTS`,
    )
  return Math.min(configured ?? defaultMaxConnections, limit - reserved)
}
