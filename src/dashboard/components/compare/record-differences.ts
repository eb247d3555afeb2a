import { managedProperties } from '../../api/forms.ts'
import type { ResourceDescription } from '../../api/resources.ts'
import type { RecordDocument } from '../../api/types.ts'

/** A property with its values at two times. */
interface PropertyDifference {
  property: string
  before: unknown
  after: unknown
}

/** The differences between two states of the same list. */
export interface RecordDifferences {
  added: RecordDocument[]
  removed: RecordDocument[]
  changed: { record: RecordDocument; properties: PropertyDifference[] }[]
}

/** Returns the records that are in only one of two lists, and the records that differ, with the properties that differ. */
export function compareRecords(
  { key, properties }: ResourceDescription,
  before: readonly RecordDocument[],
  after: readonly RecordDocument[],
): RecordDifferences {
  const earlierRecords = new Map(before.map((record) => [record[key], record]))
  const laterKeys = new Set(after.map((record) => record[key]))
  const names = properties.map(({ name }) => name).filter((name) => !managedProperties.includes(name))
  return {
    added: after.filter((record) => !earlierRecords.has(record[key])),
    removed: before.filter((record) => !laterKeys.has(record[key])),
    changed: after.flatMap((record) => {
      const earlier = earlierRecords.get(record[key])
      if (!earlier || earlier.version === record.version) return []
      // The API writes the properties of nested objects in a fixed order, so equal values have equal JSON texts.
      const differences = names
        .filter((name) => JSON.stringify(earlier[name]) !== JSON.stringify(record[name]))
        .map((property) => ({ property, before: earlier[property], after: record[property] }))
      return differences.length === 0 ? [] : [{ record, properties: differences }]
    }),
  }
}
