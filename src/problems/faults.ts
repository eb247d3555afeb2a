import { z } from 'zod'
import { type Fault, FaultList, faultLimits } from './problem.ts'
import { didYouMean } from './suggest.ts'

/** Codes of faults by zod's issue codes. */
const faultCodes: Record<string, string> = {
  unrecognized_keys: 'unknown',
  invalid_value: 'unknown_value',
  invalid_type: 'wrong_type',
  too_small: 'too_small',
  too_big: 'too_big',
  invalid_format: 'wrong_format',
  not_multiple_of: 'too_precise',
}

/**
 * Returns the code of a fault. A custom rule of a schema may set the code:
 * `context.addIssue({ code: 'custom', params: { code: 'invalid_date' }, … })`.
 */
function faultCode(issue: z.core.$ZodIssue, message: string): string {
  if (message === 'is required') return 'required'
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) return 'unknown_value'
  const customCode: unknown = issue.code === 'custom' ? issue.params?.code : undefined
  return typeof customCode === 'string' ? customCode : (faultCodes[issue.code] ?? 'invalid')
}

/** Returns the limit that a value violates, if it is inclusive: of a number, of a length or of the number of entries. */
function violatedLimit(issue: z.core.$ZodIssue): { limit?: number } {
  if (issue.code === 'too_small' && issue.inclusive) return { limit: Number(issue.minimum) }
  if (issue.code === 'too_big' && issue.inclusive) return { limit: Number(issue.maximum) }
  return {}
}

/** Returns the fault that an issue describes, without its location. */
export const toFault = (issue: z.core.$ZodIssue, message = issue.message): Fault => ({
  code: faultCode(issue, message),
  message,
  ...violatedLimit(issue),
})

/** Maximum length of a value in a message, in characters. */
const maxShownLength = 60

/** Returns a text in quotes for a message. A long text is truncated, and ends with `…` instead of a quote. */
export function quote(text: string): string {
  // Quoting may lengthen a text, so it is truncated before and after.
  const quoted = JSON.stringify(text.slice(0, maxShownLength + 1))
  if (quoted.length <= maxShownLength + 2) return quoted
  // The end may be half of a surrogate pair.
  return `${quoted.slice(0, maxShownLength - 3).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Formats a value for a message. A long value is truncated, and ends with `…`. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength - 1)}…` : text
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const formatType = (type: string) => typeNames[type] ?? type

function describeType(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'an array' : formatType(typeof value)
}

/** Returns the message about a value of the wrong type. @param expected zod's name of the right type: `object`, `int`. */
export const typeMessage = (expected: string, value: unknown): string =>
  `must be ${formatType(expected)}, not ${describeType(value)}`

function knownKeys(issue: z.core.$ZodRawIssue): string[] {
  return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : []
}

function sizeMessage(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall>): string {
  const tooSmall = issue.code === 'too_small'
  const limit = tooSmall ? issue.minimum : issue.maximum
  if (issue.origin === 'string') {
    if (!tooSmall) return `is longer than ${limit} characters`
    return Number(limit) === 1 ? 'must not be empty' : `is shorter than ${limit} characters`
  }
  if (issue.origin === 'array') {
    return tooSmall
      ? `needs at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`
      : `has more than ${limit} entries`
  }
  const comparison = tooSmall
    ? issue.inclusive
      ? 'at least'
      : 'more than'
    : issue.inclusive
      ? 'at most'
      : 'less than'
  return `${formatValue(issue.input)} is out of range: must be ${comparison} ${limit}`
}

const isText = (value: unknown) => typeof value === 'string'

/** Returns values as texts. A list of texts is returned itself, since `suggest` remembers the spellings of lists. */
const toTexts = (values: readonly unknown[]): readonly string[] =>
  values.every(isText) ? values : values.map(String)

/** Returns the message for a value that is missing or not one of the known values. */
function unknownValueMessage(value: unknown, known: readonly unknown[] = []): string {
  if (value === undefined) return 'is required'
  return typeof value === 'string'
    ? `${formatValue(value)} is not known${didYouMean(value, toTexts(known))}`
    : `must be one of ${known.map(formatValue).join(', ')}`
}

/** Whether an issue says that the whole value has the wrong type or is not one of the known values. */
const refusesWholeValue = (issue: z.core.$ZodIssue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    issue.code === 'invalid_value' ||
    (issue.code === 'invalid_union' && refusesInAll(issue.errors)))

/** Whether no alternative of a union accepts the type of the value. @param errors the issues of each alternative. */
const refusesInAll = (errors: z.core.$ZodIssue[][]): boolean =>
  errors.every((issues) => issues.some(refusesWholeValue))

/** Returns the types and words that the alternatives of a union accept, for a message. */
const acceptedTypes = (errors: z.core.$ZodIssue[][]): string[] =>
  errors.flat().flatMap((issue) => {
    if (issue.code === 'invalid_type') return [formatType(issue.expected)]
    if (issue.code === 'invalid_value') return issue.values.map(formatValue)
    return issue.code === 'invalid_union' ? acceptedTypes(issue.errors) : []
  })

const alternatives = new Intl.ListFormat('en', { type: 'disjunction' })

/** Returns the message about a value whose type no alternative of a union accepts; undefined if one accepts it. */
function unionMessage(value: unknown, errors: z.core.$ZodIssue[][]): string | undefined {
  if (value === undefined) return 'is required'
  if (!refusesInAll(errors)) return undefined
  return `must be ${alternatives.format(new Set(acceptedTypes(errors)))}, not ${describeType(value)}`
}

/**
 * Returns the message of a zod issue: what is wrong, what would be right, and the most similar known word, if any. Used as
 * zod's error map, because only an error map gets both the schema and the value.
 */
export function faultMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      // `toFaults` splits the text into the messages of the keys again.
      return issue.keys
        .slice(0, faultLimits.faults)
        .map((key) => `is not known here${didYouMean(key, knownKeys(issue))}`)
        .join('\n')
    case 'invalid_value':
      return unknownValueMessage(issue.input, issue.values)
    case 'invalid_union':
      if (issue.inclusive === false) return undefined
      if (issue.discriminator === undefined) return unionMessage(issue.input, issue.errors)
      return unknownValueMessage(Object(issue.input)[issue.discriminator], issue.options)
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : typeMessage(issue.expected, issue.input)
    case 'too_small':
    case 'too_big':
      return sizeMessage(issue)
    default:
      return undefined
  }
}

/**
 * Returns an error map for the unknown keys of an object. Other faults get the usual messages.
 * @param explain returns the message about a key, without the key in front; undefined for the usual message.
 */
export const describeUnknownKeys =
  (explain: (key: string) => string | undefined): z.core.$ZodErrorMap =>
  (issue) => {
    if (issue.code !== 'unrecognized_keys') return undefined
    const usual = faultMessage(issue)?.split('\n') ?? []
    return usual.map((message, index) => explain(issue.keys[index] ?? '') ?? message).join('\n')
  }

/** Returns the JSON pointer (RFC 6901) of a path. */
export function formatPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Returns the reference tokens of a JSON pointer (RFC 6901). */
export const parsePointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Returns the location and the message of a fault. */
export const describeFault = ({ pointer = '', message }: Fault): string => `${pointer} ${message}`.trim()

/**
 * Replaces the issue of a union with the issues of the alternative that accepts the type of the value, such as the object in
 * a union of object and text. If no alternative accepts the type, or several do, the issue is returned unchanged.
 */
function explainUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const candidates = issue.errors.filter((issues) => issues.length > 0 && !issues.some(refusesWholeValue))
  const [issues] = candidates
  if (!issues || candidates.length > 1) return [issue]
  return issues.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(explainUnion)
}

/** Maximum number of issues of a value that are converted: enough to fill a problem, even if some share a location. */
const maxConverted = 2 * faultLimits.faults

/**
 * Makes the messages of a zod error when they are needed: messages with suggestions are slow to make, and an error may have
 * many issues, of which a problem lists few.
 */
class LazyMessages {
  readonly #issuesByPlaceholder = new Map<string, z.core.$ZodRawIssue>()

  /** An error map whose messages are placeholders. It is called for the issues inside a union, too. */
  readonly errorMap = (issue: z.core.$ZodRawIssue): string => {
    // No other message begins with a NUL character.
    const placeholder = `\0${this.#issuesByPlaceholder.size}`
    this.#issuesByPlaceholder.set(placeholder, issue)
    return placeholder
  }

  /** Returns the message that the schema has for an issue, otherwise the message of `faultMessage` or of zod. */
  getMessage({ message }: z.core.$ZodIssue): string {
    const issue = this.#issuesByPlaceholder.get(message)
    return issue ? (faultMessage(issue) ?? defaultMessage(issue)) : message
  }
}

/** Returns zod's own message of an issue. */
function defaultMessage(issue: z.core.$ZodRawIssue): string {
  const result = z.config().localeError?.(issue)
  return (typeof result === 'string' ? result : result?.message) ?? 'is not valid'
}

/** Collects the faults of a zod error, in the order of the schema. */
function toFaults(error: z.core.$ZodError, messages: LazyMessages): FaultList {
  const faults = new FaultList()
  const locations = new Set<string>()
  // One fault for each location: further faults of a value are often consequences of the first.
  const add = (path: PropertyKey[], make: () => Fault) => {
    const pointer = formatPointer(path)
    if (locations.has(pointer)) return
    locations.add(pointer)
    faults.add(() => ({ pointer, ...make() }))
  }
  for (const issue of error.issues.slice(0, maxConverted).flatMap(explainUnion)) {
    if (issue.code !== 'unrecognized_keys') {
      add(issue.path, () => toFault(issue, messages.getMessage(issue)))
      continue
    }
    const lines = faults.isFull ? [] : messages.getMessage(issue).split('\n')
    for (const [index, key] of issue.keys.slice(0, lines.length).entries()) {
      const message = `${quote(key)} ${lines[index]}`
      add([...issue.path, key], () => ({ code: faultCode(issue, message), message }))
    }
    faults.addUnlisted(issue.keys.length - lines.length)
  }
  faults.addUnlisted(Math.max(0, error.issues.length - maxConverted))
  return faults
}

/**
 * Checks a value, such as a request body, against a schema.
 * @returns the parsed value, or the faults with pointers into the value.
 */
export function checkValue<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { data: z.output<Schema>; faults?: undefined } | { data?: undefined; faults: FaultList } {
  const messages = new LazyMessages()
  const result = schema.safeParse(value, { error: messages.errorMap })
  return result.success ? { data: result.data } : { faults: toFaults(result.error, messages) }
}

/** Finds the path of a property `__proto__`, which zod's records drop without an error. */
function findProto(value: unknown, path: PropertyKey[] = []): PropertyKey[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const found = name === '__proto__' ? [...path, name] : findProto(inner, [...path, name])
    if (found) return found
  }
  return undefined
}

/** Checks a value like `checkValue`, against a schema with `z.record`. Refuses a property `__proto__`. */
export function checkValueRefusingProto<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): ReturnType<typeof checkValue<Schema>> {
  const proto = findProto(value)
  if (!proto) return checkValue(schema, value)
  const faults = new FaultList()
  faults.add(() => ({
    pointer: formatPointer(proto),
    code: 'unknown',
    message: '"__proto__" is not known here',
  }))
  return { faults }
}
