/** A value that cannot be used: what is wrong and what would be right. */
export class BadValue {
  readonly detail: string
  readonly suggestion: string | undefined

  constructor(detail: string, suggestion?: string) {
    this.detail = detail
    this.suggestion = suggestion
  }
}

/** A value of a cell or of JSON that is neither a list nor an object. */
export type Scalar = string | number | boolean
