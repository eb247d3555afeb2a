import { setImmediate } from 'node:timers/promises'
import fp from 'fastify-plugin'
import type { Registry } from '../../model/registry.ts'
import { type Resource, toSearchable } from '../../model/resource.ts'
import { searchBodies } from '../../query/search.ts'

/** A search whose check needs the schemas of the resource and of each of its lists. */
function makeSearch(resource: Resource): object {
  const lists = Object.keys(toSearchable(resource).collections())
  return { where: { and: [{}, ...lists.map((list) => ({ not: { [list]: { every: {} } } }))] } }
}

/**
 * Builds the schemas of searches, resource by resource, as soon as the service listens. Otherwise the first search of each
 * resource would keep the event loop for up to 50 ms.
 */
export const searchSchemas = fp<{ registry: Registry }>(
  async function searchSchemas(app, { registry }) {
    let isClosed = false
    app.addHook('preClose', async () => {
      isClosed = true
    })
    const build = async () => {
      for (const resource of registry.resources) {
        await setImmediate()
        if (isClosed) return
        searchBodies(resource).page.safeParse(makeSearch(resource))
      }
    }
    app.addHook('onListen', async () => void build())
  },
  { name: 'search-schemas' },
)
