import { type ProblemType, problemTypes } from './types.ts'

/** One fault of a request: where it is (a body's JSON pointer, a parameter or a header), and what is wrong. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the request body; empty for the whole body. */
  pointer?: string
  /** Name of the query or path parameter, such as `signedOn[gte]`. */
  parameter?: string
  /** Name of the request header. */
  header?: string
  /** Machine-readable code. */
  code: string
  /** Human-readable message: what is wrong and what would be right. */
  message: string
}

/** Optional parts of a problem. */
export interface ProblemExtras {
  errors?: Fault[]
  headers?: Record<string, string>
  cause?: unknown
}

/**
 * An error that is sent to the client as problem details (RFC 9457). Any code may throw it; the error handler sends it.
 * @example throw new Problem('not-found', 'There is no agreement 0190….')
 */
export class Problem extends Error {
  readonly type: ProblemType
  readonly errors: Fault[]
  readonly headers: Record<string, string>

  constructor(type: ProblemType, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause })
    this.type = type
    this.errors = extras.errors ?? []
    this.headers = extras.headers ?? {}
  }

  /** The HTTP status of the response. */
  get status(): number {
    return problemTypes[this.type].status
  }

  /**
   * The problem details document.
   * @param instance URI reference of the request that failed.
   */
  toDocument(instance: string) {
    return {
      type: `/problems/${this.type}`,
      title: problemTypes[this.type].title,
      status: this.status,
      detail: this.message,
      instance,
      ...(this.errors.length > 0 && { errors: this.errors }),
    }
  }
}
