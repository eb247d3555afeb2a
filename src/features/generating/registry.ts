import type { PgTable } from 'drizzle-orm/pg-core'
import type { Row } from '../../database/rows.ts'
import type { Identities } from './ids.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** What generated records are made with, and what was made before them. */
export interface Registry {
  seed: number
  random: Random
  identities: Identities
  world: World
  /** Keys of generated organizations, those that take part most first. */
  organizations: string[]
  sources: string[]
  /** The last agreements, which later records refer to. */
  recent: string[]
  add(table: PgTable, row: Row): void
}
