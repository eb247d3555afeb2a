import { type ProblemType, problemTypes } from './types.ts'

/** One error of a request: its location (a JSON pointer into the body, a parameter or a header), and what is wrong. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the request body; empty for the whole body. */
  pointer?: string
  /** Name of the query or path parameter, such as `signedOn[gte]`. */
  parameter?: string
  /** Name of the request header. */
  header?: string
  /** Machine-readable code. */
  code: string
  /** The inclusive limit that a value violates: of a number, or of a size, such as characters of a text or bytes of a record. */
  limit?: number
  /** Human-readable message: what is wrong and what would be right. */
  message: string
}

/** Bounds of a problem's size: maximum number of errors, and of characters in their locations and messages. */
export const faultLimits = { faults: 100, characters: 50_000 } as const

/** Collects the errors of a request: stores as many as a problem may list, and counts the others. */
export class FaultList {
  /** The errors to list. */
  readonly listed: Fault[] = []
  #characters = 0
  #unlistedCount = 0

  /** Whether further errors are only counted. */
  get isFull(): boolean {
    return this.#unlistedCount > 0 || this.listed.length >= faultLimits.faults
  }

  /** The number of errors that are counted but not listed. */
  get unlistedCount(): number {
    return this.#unlistedCount
  }

  /** The number of all errors, listed or not. */
  get count(): number {
    return this.listed.length + this.#unlistedCount
  }

  /** Adds an error. @param make is not called when the list is full. */
  add(make: () => Fault): void {
    if (this.isFull) {
      this.#unlistedCount += 1
      return
    }
    const fault = make()
    const { pointer, parameter, message } = fault
    this.#characters += (pointer ?? parameter ?? '').length + message.length
    if (this.listed.length > 0 && this.#characters > faultLimits.characters) {
      this.#unlistedCount += 1
      return
    }
    this.listed.push(fault)
  }

  /** Adds the errors of a problem. @param convert changes each error, such as its location. */
  addProblem({ errors, moreErrors }: Problem, convert = (fault: Fault) => fault): void {
    for (const fault of errors) this.add(() => convert(fault))
    this.addUnlisted(moreErrors)
  }

  /** Counts errors that are not listed. */
  addUnlisted(count: number): void {
    this.#unlistedCount += count
  }
}

/** Returns a list of errors to which further ones can be added. */
export const toFaultList = (faults: Iterable<Fault>): FaultList => {
  const list = new FaultList()
  for (const fault of faults) list.add(() => fault)
  return list
}

/** Returns a function that adds a path before the pointer of a fault. */
export const prefixPointer =
  (path: string) =>
  (fault: Fault): Fault => ({ ...fault, pointer: `${path}${fault.pointer ?? ''}` })

/** `Retry-After` of a problem with the status 503, unless `ProblemExtras` has another one: the failure is temporary. */
const retryAfterSeconds = '1'

/** Optional parts of a problem. */
export interface ProblemExtras {
  errors?: FaultList | Fault[]
  /** Headers of the response, in lower case. */
  headers?: Record<string, string>
  cause?: unknown
}

/**
 * An error that is sent to the client as problem details (RFC 9457). Any code may throw it; the error handler sends it.
 * @example throw new Problem('not-found', 'There is no agreement 0190….')
 */
export class Problem extends Error {
  readonly type: ProblemType
  /** The errors to list. */
  readonly errors: readonly Fault[]
  /** The number of further errors. */
  readonly moreErrors: number
  readonly headers: Record<string, string>

  constructor(type: ProblemType, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause })
    this.type = type
    const faults = extras.errors instanceof FaultList ? extras.errors : toFaultList(extras.errors ?? [])
    this.errors = faults.listed
    this.moreErrors = faults.unlistedCount
    this.headers = { ...(this.status === 503 && { 'retry-after': retryAfterSeconds }), ...extras.headers }
  }

  /** The HTTP status of the response. */
  get status(): number {
    return problemTypes[this.type].status
  }

  /** Returns the problem with each error converted, such as with another location, and without `ProblemExtras.headers`. */
  mapErrors(convert: (fault: Fault) => Fault): Problem {
    const errors = new FaultList()
    errors.addProblem(this, convert)
    return new Problem(this.type, this.message, { errors, cause: this.cause })
  }

  /** Returns the problem with a text before its message, such as the name of a file, and without `ProblemExtras.headers`. */
  withPrefix(prefix: string): Problem {
    const errors = new FaultList()
    errors.addProblem(this)
    return new Problem(this.type, `${prefix}${this.message}`, { errors, cause: this })
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
      ...(this.moreErrors > 0 && { moreErrors: this.moreErrors }),
    }
  }
}
