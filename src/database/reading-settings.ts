/** Setting for a statement that leaves the other processors to others. */
export const oneProcessSetting = 'set local max_parallel_workers_per_gather = 0'

/**
 * Settings for a statement that reads whole tables. Few share a plan, so compiling takes longer than running; the usual
 * few megabytes would sort on disk; and parallel workers gain little where the rows of partial results nearly all differ.
 */
export const wholeTableSettings = `set local jit = off;
  set local work_mem = '64MB';
  ${oneProcessSetting}`

/**
 * Settings, after those above, for a statement that groups whole tables: it has few partial results, so parallel workers make
 * it faster. By default, PostgreSQL costs a page of an index scan four times as high as one of a table scan, which is too
 * high for pages in memory or on an SSD.
 */
export const groupingSettings = `set local max_parallel_workers_per_gather = 2;
  set local random_page_cost = 1.1`

/** Whether the settings that begin a read are those of statements that read whole tables. */
export const readsWholeTables = (begin: string | undefined): boolean =>
  begin?.includes(wholeTableSettings) ?? false
