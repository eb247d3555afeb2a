import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { StartupError } from '../startup-error.ts'
import { findMistyped } from './mistyped.ts'

// Each check's message says what would be right, so that it can follow "PORT must be".

/** A whole number in plain digits, not '', '0x10' or '1e3'. */
function wholeNumber(min: number, max: number) {
  const right = `a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,9}$/, right)
    .transform(Number)
    .refine((value) => value >= min && value <= max, right)
}

function oneOf<const Word extends string>(...words: Word[]) {
  return z.enum(words, { error: `one of ${words.join(', ')}` })
}

/** A list separated by commas. Each word must pass the check. */
function list(check: (word: string) => boolean, right: string) {
  return z
    .string()
    .transform((words) => words.split(',').map((word) => word.trim()))
    .refine((words) => words.every(check), right)
}

const isOrigin = (word: string) =>
  word === '*' || (/^https?:/.test(word) && URL.canParse(word) && new URL(word).origin === word)

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/

/** Over plain HTTP, anybody on the way could replace the issuer's keys. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash } = new URL(text)
  return (
    search === '' &&
    hash === '' &&
    (protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname)))
  )
}

const isNetwork = (word: string) => {
  const [address = '', bits, ...more] = word.split('/')
  const maxBits = isIP(address) === 6 ? 128 : 32
  return (
    isIP(address) > 0 &&
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits))
  )
}

const text = z.string().min(1, 'some text, or absent')

const exampleDatabaseUrl = 'postgresql://user:password@host:5432/database'

const isDatabaseUrl = (value: string) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value)

const databaseUrl = z
  .string()
  .refine(isDatabaseUrl, `a URL like ${exampleDatabaseUrl}, with special characters percent-encoded`)

const isPublicUrl = (value: string) => /^https?:\/\/.*[^/]$/.test(value) && URL.canParse(value)

const isCollector = (value: string) =>
  /^https?:\/\//.test(value) && URL.canParse(value) && !value.includes('/v1/traces')

/** Every variable, described once: README's table and `entente help` are made from this. */
export const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3000).describe('The port to listen on; 0 takes any free one.'),
  HOST: text.default('127.0.0.1').describe('The address to listen on; 0.0.0.0 is every IPv4 address.'),
  DATABASE_URL: databaseUrl
    .optional()
    .describe('The PostgreSQL (15 or newer) to use. Absent: an embedded PostgreSQL in `DATA_DIR`.'),
  DATA_DIR: text
    .default('.data')
    .describe(
      'The folder of the embedded PostgreSQL; while the server runs, the file `url` in this folder holds its connection URL.',
    ),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
    .default('info')
    .describe('Minimum log level: fatal, error, warn, info, debug, trace or silent.'),
  ADMIN_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 characters of ASCII without spaces')
    .optional()
    .describe(
      "The first administrator's key, at least 16 characters. Absent on an embedded PostgreSQL: one is made, printed once and kept in `DATA_DIR/admin-key`.",
    ),
  PUBLIC_READ: oneOf('true', 'false')
    .transform((word) => word === 'true')
    .default(true)
    .describe('Whether anonymous clients may read: true or false.'),
  OIDC_ISSUER: z
    .string()
    .refine(isIssuer, 'a URL like https://login.example/realms/ministry')
    .optional()
    .describe('The OpenID Connect issuer whose access tokens are accepted beside API keys. Absent: none.'),
  OIDC_AUDIENCE: text.optional().describe('Required value of `aud` in its tokens.'),
  OIDC_ROLE_CLAIM: text
    .default('roles')
    .describe(
      'Path of the claim that holds reader, editor or admin; nested claims are separated by dots, as in realm_access.roles.',
    ),
  RATE_LIMIT: wholeNumber(0, 1_000_000)
    .optional()
    .describe(
      'Cost units per minute and process for each API key, token subject or, without either, client address; 0 for no limit. Absent: 600, or 0 if `HOST` is the loopback.',
    ),
  TRUST_PROXY: list(isNetwork, 'addresses or networks like 10.0.0.0/8, with commas between')
    .optional()
    .describe(
      'Addresses or networks of reverse proxies, with commas between, whose `X-Forwarded-For` says where requests come from.',
    ),
  CORS_ORIGINS: list(isOrigin, 'origins like https://dashboard.example, with commas between, or *')
    .optional()
    .describe(
      'Origins, with commas between, whose pages may use the API in browsers; * for any. Absent: none but its own.',
    ),
  SEED: oneOf('all', 'reference', 'none')
    .optional()
    .describe(
      'What an empty registry is filled with: all, reference (code lists only) or none. Absent: all on an embedded PostgreSQL, reference with `DATABASE_URL`.',
    ),
  POOL_SIZE: wholeNumber(2, 500)
    .default(10)
    .describe(
      'Maximum number of connections for requests. Up to four more listen for changes, check readiness, compose documents and cancel statements.',
    ),
  CACHE_MB: wholeNumber(0, 65_536).default(64).describe('Size of the response cache in MiB; 0 turns it off.'),
  POOL_QUEUE: wholeNumber(0, 1_000_000)
    .default(500)
    .describe('Maximum number of requests that wait for a connection; further ones get 503 at once.'),
  MAX_EXPENSIVE: wholeNumber(1, 500)
    .optional()
    .describe(
      'Maximum number of expensive statements at once: those of a shape that takes over 250 ms; never more than half of `POOL_SIZE`. Absent: the number of processors of this machine.',
    ),
  POOL_WAIT_SECONDS: wholeNumber(1, 600)
    .default(5)
    .describe('How long a request waits for a connection before it gets 503.'),
  STATEMENT_SECONDS: wholeNumber(1, 3600)
    .default(30)
    .describe('Time limit of a statement, and of an export until it sends its first line.'),
  SLOW_STATEMENT_MS: wholeNumber(0, 3_600_000)
    .default(1000)
    .describe(
      'Statements that take at least this many milliseconds are logged, without their values; 0 logs none.',
    ),
  REQUEST_SECONDS: wholeNumber(1, 3600)
    .default(60)
    .describe('How long headers and body of a request may take to arrive before it gets 408.'),
  MAX_EXPORTS: wholeNumber(1, 500)
    .default(5)
    .describe(
      'Maximum number of exports at once, on connections to PostgreSQL beside `POOL_SIZE`; further ones get 503.',
    ),
  MAX_EXPORTS_PER_CLIENT: wholeNumber(1, 500)
    .default(2)
    .describe('Maximum number of exports of one key or address at once; further ones get 429.'),
  MAX_STREAMS: wholeNumber(1, 100_000)
    .default(1000)
    .describe('Maximum number of streams of changes at once; further ones get 503.'),
  MAX_STREAMS_PER_CLIENT: wholeNumber(1, 100_000)
    .default(20)
    .describe('Maximum number of streams of one key or address at once; further ones get 429.'),
  IMPORT_MB: wholeNumber(1, 65_536)
    .default(512)
    .describe(
      'Maximum size in MiB of a file that is uploaded for an import; larger ones need `entente import`.',
    ),
  MIN_TRANSFER_KIB: wholeNumber(0, 1_000_000)
    .default(32)
    .describe(
      'KiB a second that a client of an export or stream must read while data waits, on average over a minute; 0 for any speed.',
    ),
  MAX_TRANSFER_SECONDS: wholeNumber(1, 1_000_000)
    .default(3600)
    .describe('How long an export or stream may take before it is cut off.'),
  MAX_CONNECTIONS: wholeNumber(10, 1_000_000)
    .optional()
    .describe(
      'Maximum number of connections of clients. Absent, and where the limit of open files (`ulimit -n`) is lower: what that limit leaves, up to 10000.',
    ),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(0, 1_000_000)
    .default(0)
    .describe(
      'Maximum number of connections of one address (IPv6: /64) that `TRUST_PROXY` does not name; 0 for a quarter of all.',
    ),
  MAX_CONNECTIONS_PER_SECOND: wholeNumber(0, 1_000_000)
    .default(100)
    .describe(
      'Maximum number of connections that one address (IPv6: /64) that `TRUST_PROXY` does not name opens a second, on average over five seconds; 0 for any number.',
    ),
  SHED_LAG_MS: wholeNumber(0, 60_000)
    .default(1000)
    .describe(
      'Requests get 503 after two seconds of mean event loop delays above this many milliseconds; 0 for no limit.',
    ),
  SHED_MEMORY_MB: wholeNumber(0, 1_048_576)
    .default(0)
    .describe(
      'Requests get 503 while the process uses more MiB of memory (RSS); 0 for no limit. Independently of it, while 70 % of the V8 heap is used, except for cached answers.',
    ),
  DRAIN_SECONDS: wholeNumber(0, 300)
    .default(1)
    .describe(
      'How long requests are still accepted after SIGTERM, while `/readyz` is 503; behind a load balancer, longer than it needs to notice.',
    ),
  METRICS: oneOf('open', 'key', 'off')
    .optional()
    .describe(
      'Who may read `/metrics`. open: anyone; key: anyone with an API key or token of any role; off: nobody. Absent: open if `PUBLIC_READ` is true, otherwise key.',
    ),
  PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'a URL like https://registry.example, without a slash at its end')
    .optional()
    .describe(
      'Where clients reach the service, for links in calendars and linked data. Absent: links are relative, and calendars have none.',
    ),
  PUBLISHER_NAME: text
    .default('Entente registry')
    .describe('Name of the publisher in IATI files, calendars and catalogues.'),
  IATI_ORG_ID: text
    .default('ZZ-ENTENTE')
    .describe('Identifier of the publisher as reporting organisation in IATI files.'),
  IATI_ORG_TYPE: z
    .string()
    .regex(/^\d{2}$/, 'a code of the IATI code list OrganisationType, such as 10 for a government')
    .default('10')
    .describe('IATI organisation type of the publisher: a code of two digits.'),
  DASHBOARD: oneOf('on', 'off').default('on').describe('Whether the dashboard is served at `/`.'),
  EMBED_ORIGINS: list(isOrigin, 'origins like https://ministry.example, with commas between, or *')
    .optional()
    .describe(
      'Origins, with commas between, whose pages may show views of the dashboard in frames, with `embed=1`; * for any. Absent: none.',
    ),
  READ_DATABASE_URLS: list(isDatabaseUrl, `URLs like ${exampleDatabaseUrl}, with commas between`)
    .optional()
    .describe(
      'URLs of read replicas (hot standbys of `DATABASE_URL`), with commas between. Each leads to one server, always the same. Absent: none.',
    ),
  READ_MAX_STALENESS_MS: wholeNumber(20, 60_000)
    .default(100)
    .describe('How old, in milliseconds, the response of a read replica may be.'),
  LISTEN_DATABASE_URL: databaseUrl
    .optional()
    .describe(
      'Direct URL of the database for LISTEN, where `DATABASE_URL` leads through a pooler in transaction mode.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(isCollector, 'a URL like http://collector:4318, without /v1/traces')
    .optional()
    .describe(
      'OpenTelemetry collector to which traces are sent, by OTLP over HTTP in JSON. Absent: none. `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES` are read as OpenTelemetry defines them.',
    ),
  OTEL_SERVICE_NAME: text.default('entente').describe('Name of the service in traces.'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'a number from 0 to 1')
    .transform(Number)
    .default(1)
    .describe(
      'Share of the requests that are traced, from 0 to 1. Requests with `traceparent` are traced if that says so.',
    ),
})

/** The configuration: each variable under its own name, parsed. */
export type Config = Omit<
  z.infer<typeof environment>,
  'SEED' | 'RATE_LIMIT' | 'METRICS' | 'MAX_EXPENSIVE'
> & {
  SEED: 'all' | 'reference' | 'none'
  METRICS: 'open' | 'key' | 'off'
  RATE_LIMIT: number
  MAX_EXPENSIVE: number
}

/** Values that errors must not repeat, because errors end up in logs. */
const secrets = new Set(['DATABASE_URL', 'LISTEN_DATABASE_URL', 'READ_DATABASE_URLS', 'ADMIN_KEY'])

/**
 * Reads the configuration from the environment. No other file reads the environment.
 * Throws a StartupError that names every variable that is wrong and what would be right.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const result = environment.safeParse(env)
  if (!result.success)
    throw new StartupError(result.error.issues.map((issue) => fault(issue, env)).join('; '))
  const config = result.data
  if (config.OIDC_ISSUER !== undefined && config.OIDC_AUDIENCE === undefined)
    throw new StartupError(
      'OIDC_AUDIENCE must be set when OIDC_ISSUER is: tokens for others must not count here',
    )
  return {
    ...config,
    SEED: config.SEED ?? (config.DATABASE_URL === undefined ? 'all' : 'reference'),
    METRICS: config.METRICS ?? (config.PUBLIC_READ ? 'open' : 'key'),
    MAX_EXPENSIVE: config.MAX_EXPENSIVE ?? availableParallelism(),
    RATE_LIMIT: config.RATE_LIMIT ?? (loopback.test(config.HOST) ? 0 : 600),
  }
}

function fault(issue: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0])
  const found = secrets.has(name) ? '' : `, not '${env[name]}'`
  return `${name} must be ${issue.message}${found}`
}

/** Environment variables that look like settings with a typing mistake, each with the setting. */
export const mistypedSettings = (env: NodeJS.ProcessEnv = process.env) =>
  findMistyped(Object.keys(env), Object.keys(environment.shape))

/** Whether npm has started this process, by `npm start` or another script. */
export function startedByNpm(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.npm_lifecycle_event !== undefined
}

/** `DRAIN_SECONDS`; 0 when it is invalid, which `readConfig` reports. */
export const drainSeconds = (env: NodeJS.ProcessEnv = process.env): number =>
  environment.shape.DRAIN_SECONDS.safeParse(env.DRAIN_SECONDS).data ?? 0
