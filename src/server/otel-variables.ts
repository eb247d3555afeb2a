import { z } from 'zod'

const isCollectorUrl = (value: string) =>
  /^https?:\/\//.test(value) && URL.canParse(value) && !value.includes('/v1/traces')

/** `OTEL_EXPORTER_OTLP_ENDPOINT`. */
export const collectorUrl = z
  .string()
  .refine(isCollectorUrl, 'a URL like http://collector:4318, without /v1/traces')

/** `OTEL_TRACES_SAMPLER_ARG`. */
export const sampleRatio = z
  .string()
  .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'a number from 0 to 1')
  .transform(Number)

/** What Node.js accepts as the name and the value of a header. */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/
const headerValue = /^[\t\x20-\x7e\x80-\xff]+$/

/**
 * Returns the entries of a list like `a=b,c=d`, percent-decoded. The SDK drops malformed entries, or the whole list, without a message,
 * so the service checks them. As in the SDK, empty entries have no effect.
 * @param entryForm what an entry must match before it is decoded.
 * @returns undefined if an entry does not match, or has an escape that is malformed or not UTF-8.
 */
function parseEntries(text: string, entryForm: RegExp): [name: string, value: string][] | undefined {
  const entries = text.split(',').filter((entry) => entry.trim() !== '')
  if (!entries.every((entry) => entryForm.test(entry))) return undefined
  const decode = (part: string) => decodeURIComponent(part.trim())
  try {
    return entries.map((entry) => {
      const separator = entry.indexOf('=')
      return [decode(entry.slice(0, separator)), decode(entry.slice(separator + 1))]
    })
  } catch {
    return undefined
  }
}

/** `OTEL_RESOURCE_ATTRIBUTES`, as an object. */
export const resourceAttributes = z.string().transform((text, context): Record<string, string> => {
  const entries = parseEntries(text, /^[^=]*[^=\s][^=]*=[^=]*$/)
  if (entries) return Object.fromEntries(entries)
  context.addIssue({
    code: 'custom',
    message:
      'a list like service.namespace=registry,deployment.environment.name=test, with "," "=" and "%" percent-encoded within names and values',
  })
  return {}
})

/**
 * `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_EXPORTER_OTLP_TRACES_HEADERS`, unchanged, since the exporter reads them. A value may contain
 * `=`, as Base64 does.
 */
export const exporterHeaders = z
  .string()
  .refine(
    (text) =>
      parseEntries(text, /^[^=;]*[^=;\s][^=;]*=[^;]*$/)?.every(
        ([name, value]) => headerName.test(name) && headerValue.test(value),
      ),
    'a list like authorization=Bearer%20TOKEN,tenant=registry, with "," ";" and "%" percent-encoded within values',
  )
