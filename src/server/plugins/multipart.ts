import fastifyMultipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Upload, type UploadPart } from '../../features/imports/http/upload.ts'
import { Problem } from '../../problems/problem.ts'

/** Limits of a body: bytes of a text part and of a field name, number of parts, and number of headers of a part. */
const limits = {
  fieldSize: 4 * 1024 * 1024,
  fieldNameSize: 100,
  parts: 50,
  headerPairs: 20,
  fileSize: Number.POSITIVE_INFINITY,
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Returns the parts of a multipart body as they arrive; undefined for any other body. */
    readUpload(): Upload | undefined
  }
}

/** Reads multipart/form-data part by part, without holding the body in memory. */
export const multipart = fp(
  async function multipart(app) {
    await app.register(fastifyMultipart, { limits })
    app.decorateRequest('readUpload', function readUpload() {
      const isMultipart = this.isMultipart()
      if (!isMultipart) return undefined
      return new Upload(readParts(this))
    })
  },
  { name: 'multipart', dependencies: ['body-parsers'] },
)

/** Returns the parts of a body. @throws Problem `malformed-request` when it is not multipart/form-data (RFC 7578). */
async function* readParts(request: FastifyRequest): AsyncGenerator<UploadPart> {
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        yield { field: part.fieldname, name: part.filename, stream: part.file }
      } else {
        const text = Buffer.from(String(part.value))
        yield { field: part.fieldname, name: part.fieldname, stream: toStream(text) }
      }
    }
  } catch (error) {
    // Errors of limits have a status. Other errors come from the parser, such as a missing boundary.
    if (error instanceof Error && !('statusCode' in error))
      throw new Problem('malformed-request', `The body is not multipart/form-data: ${error.message}.`, {
        cause: error,
      })
    throw error
  }
}

async function* toStream(text: Buffer): AsyncGenerator<Buffer> {
  yield text
}
