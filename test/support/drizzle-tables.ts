import * as tables from '../../src/database/tables/index.ts'
import type { Registry } from '../../src/model/registry.ts'

/** Returns every declared table under a distinct name, for drizzle-kit, which reads the exports of a module. */
export const drizzleTables = (registry: Registry): Record<string, unknown> => ({
  ...tables,
  ...Object.fromEntries(registry.tables.map((table, index) => [`table${index}`, table])),
})
