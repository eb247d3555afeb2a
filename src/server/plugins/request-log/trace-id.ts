const traceparentPattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/

/**
 * Reads the trace id of `traceparent` (W3C Trace Context, 3.2). The standard requires that an invalid header is ignored,
 * and that the known part of later versions is read.
 * @returns 32 hexadecimal digits; undefined without a valid header.
 */
export function parseTraceId(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, trace = '', parent = '', more] = traceparentPattern.exec(traceparent) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  // Ids of only zeros are invalid.
  return /[^0]/.test(trace) && /[^0]/.test(parent) ? trace : undefined
}
