import { totalmem } from 'node:os'

const mebibyte = 1024 * 1024

/** The memory that this process may use, in bytes: the memory of the machine, or the limit of its container if it is lower. */
export function usableMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem()
}

/**
 * Returns the settings of a PostgreSQL server that shares a machine with the service. PostgreSQL's defaults suit a machine
 * with less than a gigabyte. Shared buffers take up memory only when they are filled. docs/operating.md, "Sizes", has the
 * settings of other servers.
 * @param memoryBytes the memory that both may use (`usableMemory`).
 */
export function serverSettings(memoryBytes: number): string[] {
  const share = (divisor: number, maxMebibytes: number) =>
    `${Math.round(Math.min(memoryBytes / divisor / mebibyte, maxMebibytes))}MB`
  return [
    `shared_buffers=${share(4, 4096)}`,
    `effective_cache_size=${share(4 / 3, Number.POSITIVE_INFINITY)}`,
    `maintenance_work_mem=${share(16, 1024)}`,
    'work_mem=16MB',
    'random_page_cost=1.1',
    'max_wal_size=4GB',
    // Aggregates use index-only scans, which are fast only if VACUUM has updated the visibility map.
    'autovacuum_vacuum_scale_factor=0.02',
    'autovacuum_vacuum_insert_scale_factor=0.02',
  ]
}
