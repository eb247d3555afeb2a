import type { Document } from '../../operations/writing/documents.ts'
import type { Identities } from './ids.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** The state of a generation: its random values and reference data, and the records that later ones refer to. */
export interface Generation {
  seed: number
  random: Random
  identities: Identities
  world: World
  /** Ids of generated organizations, the most frequent participants first. */
  organizations: string[]
  /** Ids of generated sources. */
  sources: string[]
  /** Ids of the last agreements, to which later records refer. */
  recent: string[]
  /** Adds a record from a partial document; the other properties get their defaults. @returns its id. */
  add(resource: string, document: Document): string
}
