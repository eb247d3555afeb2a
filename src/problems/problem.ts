import { type ProblemType, problemTypes } from './types.ts'

/** One fault of a request: where it is (a body's JSON pointer, a parameter or a header), and what is wrong. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the request body; empty for the whole body. */
  pointer?: string
  /** Name of the query or path parameter, such as `signedOn[gte]`. */
  parameter?: string
  /** Name of the request header. */
  header?: string
  /** What kind of fault it is, as a word for programs. */
  code: string
  /** What is wrong and what would be right, for people. */
  message: string
}

/** What a problem may carry beside its type and detail. */
export interface ProblemExtras {
  errors?: Fault[]
  headers?: Record<string, string>
  cause?: unknown
}

/**
 * An answer that is not the one asked for, as RFC 9457 problem details. Thrown anywhere, answered in one place.
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

  /** The HTTP status that this problem is answered with. */
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
