import { Problem } from '../../../problems/problem.ts'

/** The parts of a multipart/form-data body (RFC 7578), as the server passes them to endpoints. */

/** A part: its field, the name of its file (or the field again, if the file has no name), and its bytes. */
export interface UploadPart {
  field: string
  name: string
  stream: AsyncIterable<Buffer>
}

/** The parts in the order in which they arrive. Each must be read before the next. */
export class Upload {
  readonly #parts: AsyncIterable<UploadPart>

  constructor(parts: AsyncIterable<UploadPart>) {
    this.#parts = parts
  }

  [Symbol.asyncIterator](): AsyncIterator<UploadPart> {
    return this.#parts[Symbol.asyncIterator]()
  }
}

/** Whether a body is an upload. */
export const isUpload = (body: unknown): body is Upload => body instanceof Upload

/**
 * Maximum number of parts named `list`, which have the companion files. A body has at most 50 parts, of which up to three are
 * `mapping`, `file` and, for an import, `decisions`.
 */
export const maxLists = 47

/** Checks the number of parts named `list`. @throws Problem `too-large` if there are more than `maxLists`. */
export function checkListCount(count: number): void {
  if (count > maxLists) throw new Problem('too-large', `The body has more than ${maxLists} parts named list.`)
}
