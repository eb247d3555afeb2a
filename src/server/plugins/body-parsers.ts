import { MIMEType } from 'node:util'
import type { FastifyBodyParser, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'
import { parseJson, parseNdjson } from './body-parsers/json.ts'

const jsonMediaTypes = ['application/json', 'application/merge-patch+json']
const ndjsonMediaType = 'application/x-ndjson'

/** Largest NDJSON body, in bytes. */
const ndjsonBodyLimit = 16 * 1024 * 1024

function requireUncompressed(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new Problem('unsupported-media-type', `The body is in the encoding "${encoding}"; send it as it is.`)
}

function requireUtf8(request: FastifyRequest): void {
  const charset = new MIMEType(request.headers['content-type'] ?? '').params.get('charset')
  if (charset && !/^utf-?8$/i.test(charset)) {
    throw new Problem('unsupported-media-type', `The body is in ${charset}; JSON is sent in UTF-8.`)
  }
}

const bodyParser =
  (parse: (bytes: Buffer) => unknown): FastifyBodyParser<Buffer> =>
  (request, bytes, done) => {
    try {
      requireUncompressed(request)
      requireUtf8(request)
      done(null, parse(Buffer.from(bytes)))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }

/** Parses JSON and NDJSON bodies strictly, in place of Fastify's parsers. Refuses compressed bodies and other charsets. */
export const bodyParsers = fp(
  async function bodyParsers(app) {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(jsonMediaTypes, { parseAs: 'buffer' }, bodyParser(parseJson))
    const ndjsonOptions = { parseAs: 'buffer', bodyLimit: ndjsonBodyLimit } as const
    app.addContentTypeParser(ndjsonMediaType, ndjsonOptions, bodyParser(parseNdjson))
  },
  { name: 'body-parsers' },
)
