import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static'
import fp from 'fastify-plugin'
import { operatorName } from '../../model/filters.ts'
import { mayHaveCommas } from '../../model/parameters.ts'
import type { Resource } from '../../model/resource.ts'
import { packageRoot } from '../../package-root.ts'
import { listParameters } from '../../query/list.ts'
import { asOfName } from '../../query/past.ts'
import type { DescribedResource } from '../../view-data.ts'
import { unframedViews, viewPaths } from '../../view-paths.ts'
import { setReplyHeaders } from '../reply-headers.ts'
import { findViewData } from './dashboard/find-view-data.ts'
import { sendViewData } from './dashboard/view-data-response.ts'
import { pageHeaders } from './page-security-headers.ts'

/** Pages may load scripts, styles and data from their own origin only. */
const contentSecurityPolicy = (frameAncestors: readonly string[]) =>
  `default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ${frameAncestors.join(' ')}; object-src 'none'`

const unframedPolicy = contentSecurityPolicy(["'none'"])

/** Seconds for which browsers cache a file whose name contains the hash of its content. */
const assetMaxAgeSeconds = 31_536_000

/** Options of `@fastify/static` for the files of the build. */
const fileOptions = (root: string): FastifyStaticOptions => ({
  root,
  index: false,
  // A route for each file, so that `not-found` answers all other paths.
  wildcard: false,
  // The build has written compressed copies next to the files.
  preCompressed: true,
  globIgnore: ['**/*.br', '**/*.gz'],
  cacheControl: false,
  // Small files need no ranges, and a range outside of a file would be an error (416) without a problem type.
  acceptRanges: false,
  setHeaders(reply, path) {
    const isAsset = path.startsWith(join(root, 'assets'))
    reply.header('cache-control', isAsset ? `public, max-age=${assetMaxAgeSeconds}, immutable` : 'no-cache')
  },
})

const describeResource = (resource: Resource): DescribedResource => ({
  name: resource.name,
  dimensions: Object.keys(resource.dimensions),
  eventDates: resource.eventDates,
  asOfName: asOfName(resource),
  // `view-data.ts` only asks which parameters take several values, and which of these may contain commas.
  parameterTypes: Object.fromEntries(
    Object.entries(listParameters(resource)).flatMap(([name, { comparisons, value: plainValue }]) =>
      Object.entries(comparisons)
        .filter(([, { takes }]) => takes === 'many')
        .map(([operator, { value = plainValue }]) => [
          operatorName(name, operator),
          mayHaveCommas(value) ? 'repeated' : 'commaSeparated',
        ]),
    ),
  ),
})

/**
 * Serves the dashboard: its files, and the same HTML page at the path of every view; the scripts of the page then show the
 * view. With `format=csv` or `format=json`, the URL of a view returns its data. If the dashboard has not been built, `/`
 * redirects to the API reference.
 */
export const dashboard = fp<{
  /** Origins whose pages may show views in frames. */
  embedOrigins: readonly string[]
  resources: readonly Resource[]
}>(
  async function dashboard(app, { embedOrigins, resources: declared }) {
    const resources = declared.map(describeResource)
    const root = join(packageRoot, 'dist/dashboard')
    if (!existsSync(join(root, 'index.html'))) {
      // In a later turn of the event loop, since the log begins after the startup message (`start.ts`).
      app.addHook('onListen', async () => {
        setImmediate(() => app.log.warn(`There is no dashboard in ${root}: run npm run build.`))
      })
      app.get('/', async (_request, reply) => reply.redirect('/docs'))
      return
    }
    const page = await readFile(join(root, 'index.html'), 'utf8')
    // For an unknown path, the page shows an error and the navigation.
    app.notFoundPage.send = (reply) =>
      setReplyHeaders(reply, {
        ...pageHeaders,
        'content-security-policy': unframedPolicy,
        'cache-control': 'no-cache',
        vary: 'Accept',
      })
        .type('text/html')
        .send(page)
    app.addHook('onRequest', (_request, reply, done) => {
      // For all responses of the plugin, also those that are not files. Keeps what CORS has added to `Vary`, such as `Origin`.
      setReplyHeaders(reply, { 'content-security-policy': unframedPolicy, vary: 'Accept-Encoding' })
      done()
    })
    await app.register(fastifyStatic, fileOptions(root))
    const framedPolicy = embedOrigins.length > 0 ? contentSecurityPolicy(embedOrigins) : unframedPolicy
    for (const [view, path] of Object.entries(viewPaths)) {
      app.get<{ Params: Record<string, string> }>(path, async (request, reply) => {
        const { search, searchParams } = new URL(request.url, 'http://localhost')
        const format = searchParams.get('format')
        if (format !== null) {
          const data = findViewData(view, request.params, search, resources)
          return await sendViewData(app, request, reply, { format, data })
        }
        if (searchParams.get('embed') === '1' && !unframedViews.includes(view))
          reply.header('content-security-policy', framedPolicy)
        return reply.sendFile('index.html')
      })
    }
  },
  { name: 'dashboard', dependencies: ['not-found'] },
)
