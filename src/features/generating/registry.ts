import type { PgTable } from 'drizzle-orm/pg-core'
import type { Row } from '../../database/rows.ts'
import type { Identities } from './ids.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** State of a generation: the source of random values, and the records made so far. */
export interface Registry {
  seed: number
  random: Random
  identities: Identities
  world: World
  /** Ids of generated organizations. Those at the front take part most often. */
  organizations: string[]
  sources: string[]
  /** Ids of the newest agreements, which later records refer to. */
  recent: string[]
  add(table: PgTable, row: Row): void
}
