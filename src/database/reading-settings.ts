/**
 * Settings for a statement that reads whole tables. Few share a plan, so compiling takes longer than running; the usual
 * few megabytes would sort on disk; and parallel workers gain little where the rows of partial results nearly all differ.
 */
export const wholeTableSettings = `set local jit = off;
  set local work_mem = '64MB';
  set local max_parallel_workers_per_gather = 0`

/**
 * Settings, after those above, for a statement that groups whole tables: it has few partial results, so parallel workers are a
 * gain. PostgreSQL takes reading an index as a whole for four times as expensive as a table unless it is told that its pages
 * are in memory or on a disk without moving parts.
 */
export const groupingSettings = `set local max_parallel_workers_per_gather = 2;
  set local random_page_cost = 1.1`

/** Whether the settings that begin a read are those of statements that read whole tables. */
export const readsWholeTables = (begin: string | undefined): boolean =>
  begin?.includes(wholeTableSettings) ?? false
