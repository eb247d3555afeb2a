/** Types of the function of the package `edtf` that a test uses. The package has no types. */
declare module 'edtf' {
  /** Parses an EDTF string. @throws Error, sometimes with the `offset` of the fault. */
  export function parse(text: string, constraints?: { level?: number; types?: string[] }): unknown
}
