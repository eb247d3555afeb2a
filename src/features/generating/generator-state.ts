import type { Document } from '../../operations/writing/documents.ts'
import type { Random } from './random.ts'
import type { ReferenceData } from './reference-data.ts'

/** A document of a record, or a part of it. */
export type JsonObject = Record<string, unknown>

/** The state of one run of the generator: its random values and reference data, and the records that later records refer to. */
export interface GeneratorState {
  seed: number
  random: Random
  referenceData: ReferenceData
  /** Ids of generated organizations, those that take part most often first. */
  organizationIds: string[]
  /** Ids of generated sources. */
  sourceIds: string[]
  /** Ids of the latest agreements, to which later records may refer. */
  recentAgreementIds: string[]
  /** Adds a record from a partial document; the other properties get their defaults. @returns its id. */
  add(resource: string, document: Document): string
}
