import { MIMEType } from 'node:util'
import fastifyMultipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { errorCode } from '../../error-code.ts'
import { errorMessage } from '../../error-message.ts'
import { Upload, type UploadPart } from '../../features/imports/http/upload.ts'
import { Problem } from '../../problems/problem.ts'
import { requireStillAuthorized } from './authentication.ts'
import { requireUnencoded } from './body-parsers.ts'

/** Limits of a body: bytes of a field name, number of parts, and headers of a part. The code that reads a part limits its bytes. */
const limits = {
  fieldNameSize: 100,
  parts: 50,
  headerPairs: 20,
  fileSize: Number.POSITIVE_INFINITY,
}

/** Maximum length of a boundary, in characters. RFC 2046 allows 70; the parser fails from 253 on. */
const maxBoundaryLength = 250

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Returns the parts of a multipart body as they arrive, or undefined if the body is not multipart.
     * @throws Problem `unsupported-media-type` for a compressed body.
     */
    readUpload(): Upload | undefined
  }
}

/** Reads multipart/form-data part by part, without holding the body in memory. */
export const multipart = fp(
  async function multipart(app) {
    // Parts without a file name are read as streams, too: they may be as large as files.
    await app.register(fastifyMultipart, { limits, isPartAFile: () => true })
    app.decorateRequest('readUpload', function readUpload() {
      if (!this.isMultipart()) return undefined
      requireUnencoded(this)
      return new Upload(readParts(this))
    })
  },
  { name: 'multipart', dependencies: ['body-parsers'] },
)

/** @throws Error for a boundary that the parser does not read. */
function requireShortBoundary({ headers }: FastifyRequest): void {
  const boundary = new MIMEType(headers['content-type'] ?? '').params.get('boundary') ?? ''
  if (boundary.length > maxBoundaryLength)
    throw new Error(`its boundary has more than ${maxBoundaryLength} characters`)
}

const malformedBody = (error: unknown) =>
  new Problem('malformed-request', `The multipart/form-data body cannot be parsed: ${errorMessage(error)}.`, {
    cause: error,
  })

/** Returns the bytes of a part. @throws Problem `malformed-request` when the body ends within the part. */
async function* readPart(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* bytes
  } catch (error) {
    throw malformedBody(error)
  }
}

/**
 * Returns the parts of a body. The limit of bodies (`bodyLimit`) does not apply.
 * @throws Problem `malformed-request` for a body that cannot be parsed as multipart/form-data (RFC 7578), and `too-large` for too
 * many parts; at the end, what `requireStillAuthorized` throws.
 */
async function* readParts(request: FastifyRequest): AsyncGenerator<UploadPart> {
  try {
    requireShortBoundary(request)
    for await (const part of request.parts()) {
      if (part.type === 'file')
        yield { field: part.fieldname, name: part.filename || part.fieldname, stream: readPart(part.file) }
    }
  } catch (error) {
    if (errorCode(error) === 'FST_PARTS_LIMIT')
      throw new Problem('too-large', `The body has more than ${limits.parts} parts.`, { cause: error })
    // All other errors are faults of the body, such as a missing boundary.
    throw malformedBody(error)
  } finally {
    // After a refusal, the rest of the body is read and discarded. Otherwise the connection would never be free again.
    request.raw.unpipe().resume()
  }
  // The parts of an upload arrive while its handler runs.
  await requireStillAuthorized(request)
}
