import type { Document } from '../../operations/writing/documents.ts'
import type { Identities } from './ids.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** What generated records are made with, and what was made before them. */
export interface Generation {
  seed: number
  random: Random
  identities: Identities
  world: World
  /** Ids of generated organizations, those that take part most first. */
  organizations: string[]
  /** Ids of generated sources. */
  sources: string[]
  /** The last agreements, which later records refer to. */
  recent: string[]
  /** Adds a record with what is given of its document. @returns its id. */
  add(resource: string, document: Document): string
}
