/** The part of the edtf package that is used here; it comes without types. */
declare module 'edtf' {
  /** Parses an EDTF string. @throws Error, sometimes with the `offset` of the fault. */
  export function parse(text: string, constraints?: { level?: number; types?: string[] }): unknown
}
