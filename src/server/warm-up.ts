import { setImmediate } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { Registry } from '../model/registry.ts'
import { type Resource, toSearchable } from '../model/resource.ts'
import { searchBodySchemas } from '../query/search-schema.ts'

/** Returns a search whose validation builds the schemas of the resource and of each of its lists. */
function makeSearch(resource: Resource): object {
  const lists = Object.keys(toSearchable(resource).collections())
  return { where: { and: [{}, ...lists.map((list) => ({ not: { [list]: { every: {} } } }))] } }
}

/**
 * Prepares the process, so that the first requests need not wait: opens connections to the database, and builds the schemas
 * of searches, which takes up to 50 ms for a resource. Between two resources, requests can run.
 */
export async function warmUp(database: Database, { resources }: Registry): Promise<void> {
  await database.openConnectionsEarly()
  for (const resource of resources) {
    await setImmediate()
    searchBodySchemas(resource).page.safeParse(makeSearch(resource))
  }
}
