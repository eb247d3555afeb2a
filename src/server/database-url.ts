import { z } from 'zod'
import { didYouMean } from '../problems/suggest.ts'

/** The parameters that a database's URL may have: those that pg reads, without those that would break the service. */
const parameters = [
  'application_name',
  'fallback_application_name',
  'host',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'options',
  'password',
  'port',
  'query_timeout',
  'ssl',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'statement_timeout',
  'uselibpqcompat',
  'user',
]

const sslModes = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full']

const form =
  'a URL like postgresql://user:password@host:5432/database, with special characters percent-encoded as UTF-8'

/** Whether every `%` in a URL begins an escape, and the escapes are UTF-8. If not, pg throws, or takes the `%` literally. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Returns what a database's URL must be: a message for each of its faults. */
function findFaults(text: string): string[] {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text) || !isDecodable(text)) return [form]
  const { searchParams } = new URL(text)
  const unknown = [...searchParams.keys()].filter((name) => !parameters.includes(name))
  // The name may be a part of a password whose special characters are not encoded.
  if (unknown.length > 0 && /[?#].*@/.test(text)) return [form]
  const repeated = parameters.filter((name) => searchParams.getAll(name).length > 1)
  const isSslModeKnown = searchParams.getAll('sslmode').every((mode) => sslModes.includes(mode))
  return [
    ...unknown.map(
      (name) =>
        `without the parameter "${name}", which the service does not accept${didYouMean(name, parameters)}`,
    ),
    ...repeated.map((name) => `with the parameter "${name}" only once`),
    ...(isSslModeKnown ? [] : [`with one of ${sslModes.join(', ')} as sslmode`]),
  ]
}

/**
 * Writes `verify-full` for the other modes that pg treats in the same way. The next major version of pg will check less in
 * these modes, and this version warns of that at each start.
 */
const pinSslMode = (url: string): string =>
  /[?&]uselibpqcompat=true(&|$)/.test(url)
    ? url
    : url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/g, '$1verify-full')

/** The URL of a database. Parameters without effect, such as misspelled ones, are refused. */
export const databaseUrl = z.string().transform((text, context) => {
  for (const message of findFaults(text)) context.addIssue({ code: 'custom', message })
  return pinSslMode(text)
})

/** URLs of databases, separated by commas. */
export const databaseUrls = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(databaseUrl))
