import { setImmediate } from 'node:timers/promises'
import fp from 'fastify-plugin'
import type { Registry } from '../../model/registry.ts'
import { searchBodies } from '../../query/search.ts'

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
        searchBodies(resource).page.safeParse({ where: {} })
      }
    }
    app.addHook('onListen', async () => void build())
  },
  { name: 'search-schemas' },
)
