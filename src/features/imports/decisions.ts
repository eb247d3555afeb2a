import { type DatabaseClient, singleReads } from '../../database/database.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import type { Fault } from '../../problems/problem.ts'
import { didYouMean } from '../../problems/suggest.ts'
import type { Decision } from './names.ts'

/** Number of decisions that one statement checks. */
const batchSize = 1000

/** Returns the keys for which the resource has no record. */
async function findMissing(database: DatabaseClient, registry: Registry, name: string, keys: string[]) {
  const resource = registry.get(name)
  const wellFormed = keys.filter((key) => resource.key.schema.safeParse(key).success)
  const known = new Set<string>()
  for (let from = 0; from < wellFormed.length; from += batchSize) {
    const rows = await singleReads(database).query<{ key: string }>({
      text: 'select key from records where id = any($1::uuid[]) and resource = $2',
      values: [wellFormed.slice(from, from + batchSize).map((key) => recordId(resource, key)), name],
    })
    for (const { key } of rows) known.add(key)
  }
  return new Set(keys.filter((key) => !known.has(key)))
}

/**
 * Checks that the resources and records of decisions exist.
 * @param pointerOf returns the JSON pointer of a decision in the request.
 * @throws Problem `invalid-body` with at most 1,000 faults.
 */
export async function checkDecisions(
  database: DatabaseClient,
  registry: Registry,
  decisions: readonly Decision[],
  pointerOf: (index: number) => string,
): Promise<void> {
  const faults: Fault[] = []
  const names = registry.resources.map(({ name }) => name)
  const missing = new Map<string, Set<string>>()
  for (const name of new Set(decisions.map(({ resource }) => resource)))
    if (names.includes(name)) {
      const keys = decisions.flatMap(({ resource, key }) => (resource === name && key !== null ? [key] : []))
      missing.set(name, await findMissing(database, registry, name, keys))
    }
  for (const [index, { resource, key }] of decisions.entries()) {
    const absent = missing.get(resource)
    if (!absent)
      faults.push({
        pointer: pointerOf(index),
        code: 'unknown',
        message: `there is no resource "${resource}"${didYouMean(resource, names)}`,
      })
    else if (key !== null && absent.has(key))
      faults.push({
        pointer: pointerOf(index),
        code: 'dangling_reference',
        message: `there is no "${key}" in ${resource}`,
      })
  }
  if (faults.length > 0) throw invalidBody('list of decisions', faults.slice(0, 1000))
}
