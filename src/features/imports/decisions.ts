import { autocommitReads, type DatabaseClient } from '../../database/database.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { FaultList } from '../../problems/problem.ts'
import { didYouMean } from '../../problems/suggest.ts'
import type { Decision } from './names.ts'

/** Number of keys that one statement looks up. */
const batchSize = 1000

/**
 * Returns the keys without a record in the resource, including malformed ones. The key of a merged record is not absent, since its
 * row stays in `records`.
 */
export async function findAbsentKeys(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  resourceName: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const resource = registry.get(resourceName)
  const wellFormed = keys.filter((key) => resource.key.schema.safeParse(key).success)
  const known = new Set<string>()
  for (let from = 0; from < wellFormed.length; from += batchSize) {
    const rows = await autocommitReads(database).query<{ key: string }>({
      text: 'select key from records where id = any($1::uuid[]) and resource = $2',
      values: [wellFormed.slice(from, from + batchSize).map((key) => recordId(resource, key)), resourceName],
    })
    for (const { key } of rows) known.add(key)
  }
  return new Set(keys.filter((key) => !known.has(key)))
}

/**
 * Checks that the resources and records of decisions exist.
 * @param locate returns where a property of a decision is: a JSON pointer, or a file and a line.
 * @throws Problem `invalid-body` with a fault for each decision about an unknown resource or record.
 */
export async function checkDecisions<T extends Decision>(
  database: DatabaseClient,
  registry: Registry,
  decisions: readonly T[],
  locate: (decision: T, index: number, property: 'resource' | 'key') => string,
): Promise<void> {
  const faults = new FaultList()
  const resourceNames = registry.resources.map(({ name }) => name)
  const absent = new Map<string, ReadonlySet<string>>()
  for (const resourceName of new Set(decisions.map(({ resource }) => resource)))
    if (resourceNames.includes(resourceName)) {
      const keys = decisions.flatMap(({ resource, key }) =>
        resource === resourceName && key !== null ? [key] : [],
      )
      absent.set(resourceName, await findAbsentKeys(database, registry, resourceName, keys))
    }
  for (const [index, decision] of decisions.entries()) {
    const { resource, key } = decision
    const absentKeys = absent.get(resource)
    if (!absentKeys)
      faults.add(() => ({
        pointer: locate(decision, index, 'resource'),
        code: 'unknown',
        message: `there is no resource "${resource}"${didYouMean(resource, resourceNames)}`,
      }))
    else if (key !== null && absentKeys.has(key))
      faults.add(() => ({
        pointer: locate(decision, index, 'key'),
        code: 'dangling_reference',
        message: `there is no "${key}" in ${resource}`,
      }))
  }
  if (faults.count > 0) throw invalidBody('list of decisions', faults)
}
