/** Setting for a statement that must run without parallel workers. */
export const noParallelWorkersSetting = 'set local max_parallel_workers_per_gather = 0'

/**
 * Settings for a statement that reads whole tables. JIT compilation takes longer than it saves. With the default `work_mem`
 * of a few megabytes, such statements would sort on disk. Parallel workers gain little if most groups have few rows, since
 * each worker then returns almost as many partial results as it has read rows.
 */
export const wholeTableSettings = `set local jit = off;
  set local work_mem = '64MB';
  ${noParallelWorkersSetting}`

/**
 * Settings that follow `wholeTableSettings` for a statement that groups whole tables, usually into few groups with many rows.
 * Each parallel worker then returns only a few partial results, so parallel workers make it faster. By default, PostgreSQL rates
 * a random page four times as expensive as a sequential one, which is too much for pages in memory or on an SSD.
 */
export const groupingSettings = `set local max_parallel_workers_per_gather = 2;
  set local random_page_cost = 1.1`

/** Whether the settings of a read contain `wholeTableSettings`. */
export const readsWholeTables = (setup: string | undefined): boolean =>
  setup?.includes(wholeTableSettings) ?? false
