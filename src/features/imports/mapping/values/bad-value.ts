/** A value that cannot be used: what is wrong and what would be right. */
export class BadValue {
  readonly detail: string
  readonly suggestion: string | undefined

  constructor(detail: string, suggestion?: string) {
    this.detail = detail
    this.suggestion = suggestion
  }
}
