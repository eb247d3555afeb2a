import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fp from 'fastify-plugin'
import { packageRoot } from '../../package-root.ts'
import { viewPaths } from '../../view-paths.ts'

/** The pages run their own scripts and styles, and ask this origin alone. */
const contentSecurityPolicy =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

/** Seconds for which a browser keeps a file whose name has the hash of its content. */
const assetMaxAgeSeconds = 31_536_000

/**
 * Serves the dashboard: its files, and its page at the path of every view, which the page itself then shows. Where it has not
 * been built, `/` leads to the API reference.
 */
export const dashboard = fp(
  async function dashboard(app) {
    const root = join(packageRoot, 'dist/dashboard')
    if (!existsSync(join(root, 'index.html'))) {
      // The first line of the terminal is the address.
      app.addHook('onListen', async () =>
        app.log.warn(`There is no dashboard in ${root}: npm run build makes it.`),
      )
      app.get('/', async (_request, reply) => reply.redirect('/docs'))
      return
    }
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('content-security-policy', contentSecurityPolicy)
      done()
    })
    await app.register(fastifyStatic, {
      root,
      index: false,
      // A route for each file, so that other paths are answered as everywhere.
      wildcard: false,
      cacheControl: false,
      setHeaders(response, path) {
        const isAsset = path.includes('/assets/')
        response.setHeader(
          'cache-control',
          isAsset ? `public, max-age=${assetMaxAgeSeconds}, immutable` : 'no-cache',
        )
      },
    })
    for (const path of Object.values(viewPaths)) {
      app.get(path, async (_request, reply) => reply.sendFile('index.html'))
    }
  },
  { name: 'dashboard' },
)
