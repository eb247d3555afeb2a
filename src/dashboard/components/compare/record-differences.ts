import type { ResourceDescription } from '../../api/resources.ts'
import type { RecordDocument } from '../../api/types.ts'

/** A property with its value at two moments. */
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

/** Properties that every change sets. */
const managed = ['version', 'createdAt', 'updatedAt']

/** Returns the records that only one of two lists has, and those whose properties differ, each with these properties. */
export function compareRecords(
  { key, properties }: ResourceDescription,
  before: readonly RecordDocument[],
  after: readonly RecordDocument[],
): RecordDifferences {
  const old = new Map(before.map((record) => [record[key], record]))
  const kept = new Set(after.map((record) => record[key]))
  const names = properties.map(({ name }) => name).filter((name) => !managed.includes(name))
  return {
    added: after.filter((record) => !old.has(record[key])),
    removed: before.filter((record) => !kept.has(record[key])),
    changed: after.flatMap((record) => {
      const former = old.get(record[key])
      if (!former || former.version === record.version) return []
      // Both are documents of the same API, whose properties have one order.
      const differences = names
        .filter((name) => JSON.stringify(former[name]) !== JSON.stringify(record[name]))
        .map((property) => ({ property, before: former[property], after: record[property] }))
      return differences.length === 0 ? [] : [{ record, properties: differences }]
    }),
  }
}
