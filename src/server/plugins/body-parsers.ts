import { MIMEType } from 'node:util'
import { Mutex } from 'async-mutex'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { fileMediaType } from '../../operations/operation.ts'
import { maxRecordValues } from '../../operations/writing/validation.ts'
import { Problem } from '../../problems/problem.ts'
import { parseJson, parseNdjson } from './body-parsers/json.ts'

const jsonMediaTypes = ['application/json', 'application/merge-patch+json']
/** The OpenAPI document declares bodies of NDJSON with `fileMediaType`, so generated clients send this type. */
const ndjsonMediaTypes = ['application/x-ndjson', fileMediaType]

function requireCoding(sent: string | undefined, expected: string): void {
  if (sent === undefined || sent.toLowerCase() === expected) return
  throw new Problem('unsupported-media-type', `The body is in the encoding "${sent}"; send it unencoded.`)
}

/**
 * Refuses compressed bodies.
 * @throws Problem `unsupported-media-type` for a body with a content coding, or with a transfer coding besides `chunked`.
 */
export function requireUnencoded({ headers }: FastifyRequest): void {
  requireCoding(headers['content-encoding'], 'identity')
  requireCoding(headers['transfer-encoding'], 'chunked')
}

/** Refuses bodies in another charset than UTF-8. @throws Problem `unsupported-media-type`, if `Content-Type` names another one. */
export function requireUtf8(request: FastifyRequest): void {
  const charset = new MIMEType(request.headers['content-type'] ?? '').params.get('charset')
  if (charset && !/^utf-?8$/i.test(charset)) {
    throw new Problem('unsupported-media-type', `The body is in ${charset}; send it in UTF-8.`)
  }
}

/** Bodies of more bytes are parsed one after another, because parsing needs several times their size in memory. */
const maxUnqueuedBytes = 64 * 1024
const largeBodyMutex = new Mutex()

/** Maximum number of values in a JSON body: the limit of one record, for each MiB that bodies of the route may have. */
const maxValues = ({ routeOptions: { bodyLimit = 0 } }: FastifyRequest) =>
  maxRecordValues * Math.max(1, Math.floor(bodyLimit / 2 ** 20))

const bodyParser =
  (parse: (bytes: Buffer, request: FastifyRequest) => Promise<unknown>) =>
  async (request: FastifyRequest, bytes: Buffer): Promise<unknown> => {
    requireUnencoded(request)
    requireUtf8(request)
    if (bytes.length <= maxUnqueuedBytes) return parse(bytes, request)
    return largeBodyMutex.runExclusive(() => parse(bytes, request))
  }

const json = bodyParser((bytes, request) => parseJson(bytes, maxValues(request)))
const ndjson = bodyParser((bytes) => parseNdjson(bytes, maxRecordValues))

/** Parses JSON and NDJSON bodies strictly, in place of Fastify's parsers. Refuses compressed bodies and other charsets. */
export const bodyParsers = fp(
  async function bodyParsers(app) {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(jsonMediaTypes, { parseAs: 'buffer' }, json)
    app.addContentTypeParser(ndjsonMediaTypes, { parseAs: 'buffer' }, ndjson)
  },
  { name: 'body-parsers' },
)
