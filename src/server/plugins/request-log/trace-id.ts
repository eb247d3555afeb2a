const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/

/**
 * The trace that a request belongs to, from its `traceparent` (W3C Trace Context, 3.2). One that is not as the standard
 * has it is ignored, as it demands; of later versions the part that is known is read.
 * @returns the trace id, 32 hexadecimal digits; undefined without a good one.
 */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, trace = '', parent = '', more] = form.exec(traceparent) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  // Ids of nothing but zeros are invalid.
  return /[^0]/.test(trace) && /[^0]/.test(parent) ? trace : undefined
}
