import { z } from 'zod'
import type { Fault } from './problem.ts'
import { didYouMean } from './suggest.ts'

/** Codes in `errors` by zod's issue codes. */
const codes: Record<string, string> = {
  unrecognized_keys: 'unknown',
  invalid_value: 'unknown_value',
  invalid_type: 'wrong_type',
  too_small: 'too_small',
  too_big: 'too_big',
  invalid_format: 'wrong_format',
  not_multiple_of: 'too_precise',
}

/** Formats a value for a message: shortened, and quoted when it is text. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
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

const nameOfType = (type: string) => typeNames[type] ?? type

function describeType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : nameOfType(typeof value)
}

function knownKeys(issue: z.core.$ZodRawIssue): string[] {
  return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : []
}

function sizeMessage(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall>): string {
  const tooSmall = issue.code === 'too_small'
  const limit = tooSmall ? issue.minimum : issue.maximum
  if (issue.origin === 'string') {
    return tooSmall ? 'must not be empty' : `is longer than ${limit} characters`
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
  return `${shown(issue.input)} is out of range: must be ${comparison} ${limit}`
}

/**
 * Returns the message of a zod issue: what is wrong, what would be right, and the nearest known word. It is zod's error
 * map, because only there the schema and the value are available.
 */
export function faultMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      // Replaced a key at a time in `faultsOf`; this joins them so that none is lost on the way.
      return issue.keys.map((key) => `is not known here${didYouMean(key, knownKeys(issue))}`).join('\n')
    case 'invalid_value':
      if (issue.input === undefined) return 'is required'
      return typeof issue.input === 'string'
        ? `${shown(issue.input)} is not known${didYouMean(issue.input, issue.values.map(String))}`
        : `must be one of ${issue.values.map(shown).join(', ')}`
    case 'invalid_type':
      if (issue.input === undefined) return 'is required'
      if (typeof issue.input === 'number') return `must be ${nameOfType(issue.expected)}, not ${issue.input}`
      return `must be ${nameOfType(issue.expected)}, not ${describeType(issue.input)}`
    case 'too_small':
    case 'too_big':
      return sizeMessage(issue)
    default:
      return undefined
  }
}

/** Returns the JSON pointer (RFC 6901) of a path. */
export function formatPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/**
 * Returns the faults of a zod error, at most one for each location.
 * @param place returns the location of a path: a pointer for bodies, a parameter for queries.
 */
export function toFaults(
  error: z.core.$ZodError,
  place: (path: readonly PropertyKey[]) => Pick<Fault, 'pointer' | 'parameter' | 'header'>,
): Fault[] {
  const faults = error.issues.flatMap((issue): Fault[] => {
    const code = codes[issue.code] ?? 'invalid'
    if (issue.code !== 'unrecognized_keys') {
      const missing = issue.message === 'is required'
      return [{ ...place(issue.path), code: missing ? 'required' : code, message: issue.message }]
    }
    const messages = issue.message.split('\n')
    return issue.keys.map((key, at) => ({
      ...place([...issue.path, key]),
      code,
      message: `"${key}" ${messages[at] ?? 'is not known here'}`,
    }))
  })
  // One fault for each location: the further faults of a value often follow from the first.
  const locations = faults.map(({ pointer, parameter, header }) => pointer ?? parameter ?? header)
  return faults.filter((_, at) => locations.indexOf(locations[at]) === at)
}
