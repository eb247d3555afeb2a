import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { OperationalError } from '../operational-error.ts'
import { organizationCodes } from '../operations/exporting/iati-codes.ts'
import { databaseUrl, databaseUrls } from './database-url.ts'
import { findMistyped } from './mistyped-variables.ts'
import { collectorUrl, exporterHeaders, resourceAttributes, sampleRatio } from './otel-variables.ts'
import { embeddedPoolSize, maxDefaultPoolSize } from './pool-size.ts'

// The message of each check says what is valid. It follows the name of the variable: "PORT must be a whole number …".

/** A whole number in plain digits, not '', '0x10' or '1e3'. */
function wholeNumber(min: number, max: number) {
  const valid = `a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,9}$/, valid)
    .transform(Number)
    .refine((value) => value >= min && value <= max, valid)
}

function oneOf<const Word extends string>(...words: Word[]) {
  return z.enum(words, { error: `one of ${words.join(', ')}` })
}

/** A list separated by commas. Each word must pass the check. */
function list(check: (word: string, index: number, words: string[]) => boolean, valid: string) {
  return z
    .string()
    .transform((words) => words.split(',').map((word) => word.trim()))
    .refine((words) => words.every(check), valid)
}

/** @param wildcards whether `*.` at the start of the host stands for all subdomains, as in a Content-Security-Policy. */
function isOrigin(word: string, wildcards: boolean): boolean {
  if (!/^https?:/.test(word) || !URL.canParse(word)) return false
  const { origin, hostname } = new URL(word)
  const host = wildcards ? hostname.replace(/^\*\./, '') : hostname
  return origin === word && !host.includes('*')
}

/** A list of origins, or `*` alone. */
const origins = (example: string, { wildcards = false } = {}) =>
  list(
    (word, _, { length }) => (word === '*' ? length === 1 : isOrigin(word, wildcards)),
    `origins like ${example}, without a path or a slash at the end, separated by commas, or * alone`,
  )

/** Matches `localhost` and loopback addresses, in `HOST` and as the host name of a URL. */
export const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/

/**
 * Whether a text is the URL of an issuer: with HTTPS, except on the same machine, since an attacker on the network could
 * replace the issuer's keys over plain HTTP.
 */
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

/** Text that is not blank and has no line breaks or other control characters. */
const text = z.string().regex(/^\P{Cc}*[^\p{Cc}\s]\P{Cc}*$/u, 'some text in one line, or absent')

/** A URL with a user or a password is refused, since the service publishes it in its links. */
function isPublicUrl(value: string): boolean {
  if (!/^https?:\/\/[^?#]*[^/?#]$/.test(value) || !URL.canParse(value)) return false
  const { username, password } = new URL(value)
  return username === '' && password === ''
}

/** Whether no step of a path of claims is empty. The name of one claim may be a URL, which has dots, too. */
const isClaimPath = (path: string) => path.split('.').every((step) => step.trim() !== '')

/**
 * Every setting that the service itself reads. The table in docs/operating.md and `entente help` are generated from these
 * descriptions.
 */
export const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3000).describe('TCP port to listen on; 0 for any free port.'),
  HOST: text.default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all IPv4 addresses.'),
  DATABASE_URL: databaseUrl
    .optional()
    .describe(
      'URL of a PostgreSQL database (version 15 or newer). Absent: an embedded PostgreSQL in `DATA_DIR`.',
    ),
  DATA_DIR: text
    .default('.data')
    .describe(
      'Folder of the embedded PostgreSQL; while the server runs, the file `url` in this folder holds its connection URL.',
    ),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
    .default('info')
    .describe('Minimum log level: fatal, error, warn, info, debug, trace or silent.'),
  ADMIN_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 characters of ASCII without spaces')
    .optional()
    .describe(
      "An administrator's key: at least 16 characters of ASCII without spaces. Absent, with an embedded PostgreSQL: a key is generated, printed once and stored in `DATA_DIR/admin-key`.",
    ),
  PUBLIC_READ: oneOf('true', 'false')
    .transform((word) => word === 'true')
    .default(true)
    .describe('Whether anonymous clients may read: true or false.'),
  OIDC_ISSUER: z
    .string()
    .refine(
      isIssuer,
      'a URL with HTTPS (HTTP only for this machine), like https://login.example/realms/ministry, without a query or a fragment',
    )
    .optional()
    .describe(
      'OpenID Connect issuer whose access tokens are accepted in addition to API keys. Absent: none.',
    ),
  OIDC_AUDIENCE: text.optional().describe("Required value of `aud` in the issuer's tokens."),
  OIDC_ROLE_CLAIM: text
    .refine(isClaimPath, 'the name of a claim, or names separated by single dots, like realm_access.roles')
    .default('roles')
    .describe(
      'Path of the claim that holds reader, editor or admin; nested claims are separated by dots, as in realm_access.roles.',
    ),
  RATE_LIMIT: wholeNumber(0, 1_000_000)
    .optional()
    .describe(
      'Cost units per minute and process for each API key, token subject or, without either, client address; 0 for no limit. Absent: 600, or 0 if `HOST` is a loopback address.',
    ),
  TRUST_PROXY: list(isNetwork, 'addresses or networks like 10.0.0.0/8, separated by commas')
    .optional()
    .describe(
      'Addresses or networks, separated by commas, of reverse proxies whose `X-Forwarded-For` header is trusted. If `PUBLIC_URL` is absent, their `X-Forwarded-Proto` header decides whether the URLs in the manifest of `/reconcile` begin with `https`. `X-Forwarded-Host` is ignored.',
    ),
  CORS_ORIGINS: origins('https://dashboard.example')
    .optional()
    .describe(
      "Origins, separated by commas, whose pages may use the API in browsers; * for any. Absent: only the service's own origin.",
    ),
  SEED: oneOf('all', 'reference', 'none')
    .optional()
    .describe(
      'What an empty registry is filled with: all, reference (only countries, regions and topics) or none. Absent: all on an embedded PostgreSQL, reference with `DATABASE_URL`.',
    ),
  POOL_SIZE: wholeNumber(2, 500)
    .optional()
    .describe(
      'Maximum number of database connections for requests. Absent: 10, or on an embedded PostgreSQL three for each processor of this machine, at least 4 and at most 10. Each process opens more connections when it needs them: up to `MAX_EXPORTS` for exports, 6 for streams, 8 for imports, and 11 for listening, checks, recomposing documents and cancelling.',
    ),
  CACHE_MB: wholeNumber(0, 65_536).default(64).describe('Size of the response cache in MiB; 0 turns it off.'),
  POOL_QUEUE: wholeNumber(0, 1_000_000)
    .default(500)
    .describe(
      'Maximum number of requests that wait for a database connection; further requests get 503 immediately. In addition, up to this number of changes may wait while other changes use three quarters of `POOL_SIZE`.',
    ),
  MAX_EXPENSIVE: wholeNumber(1, 500)
    .optional()
    .describe(
      'Maximum number of concurrent expensive statements (those that take 250 ms or more); never more than half of `POOL_SIZE`. Absent: the number of processors of this machine.',
    ),
  POOL_WAIT_SECONDS: wholeNumber(1, 600)
    .default(5)
    .describe(
      'How long a cheap request waits for a database connection before it gets 503. A change may first wait as long in the queue of changes. An expensive request waits for up to `STATEMENT_SECONDS`, if that is longer.',
    ),
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
    .describe('How long the headers and body of a request may take to arrive before the request gets 408.'),
  MAX_EXPORTS: wholeNumber(1, 500)
    .default(5)
    .describe(
      'Maximum number of concurrent exports; further exports get 503. Their database connections do not count towards `POOL_SIZE`.',
    ),
  MAX_EXPORTS_PER_CLIENT: wholeNumber(1, 500)
    .default(2)
    .describe(
      'Maximum number of concurrent exports of one client (key, end user of a key, token subject or address); further exports get 429.',
    ),
  MAX_STREAMS: wholeNumber(1, 100_000)
    .default(1000)
    .describe(
      'Maximum number of concurrent streams, of changes and of the progress of imports; further streams get 503.',
    ),
  MAX_STREAMS_PER_CLIENT: wholeNumber(1, 100_000)
    .default(20)
    .describe(
      'Maximum number of concurrent streams of one client (key, end user of a key, token subject or address); further streams get 429.',
    ),
  IMPORT_MB: wholeNumber(1, 65_536)
    .default(512)
    .describe(
      'Maximum size in MiB of a file that is uploaded for an import; larger files need the command `import`.',
    ),
  MIN_TRANSFER_KIB: wholeNumber(0, 1_000_000)
    .default(32)
    .describe(
      'Minimum speed, in KiB per second on average over a minute, at which a client must read an export, a stream or a response of 1 MiB or more while data waits; 0 for no minimum.',
    ),
  MAX_TRANSFER_SECONDS: wholeNumber(1, 1_000_000)
    .default(3600)
    .describe(
      'Maximum duration of an export, a stream or a response of 1 MiB or more; then the service closes its connection.',
    ),
  MAX_CONNECTIONS: wholeNumber(10, 1_000_000)
    .optional()
    .describe(
      'Maximum number of client connections, if the limit of open files (`ulimit -n`) allows that many. Absent: as many as that limit allows, up to 10,000.',
    ),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(1, 1_000_000)
    .optional()
    .describe(
      'Maximum number of connections of one address (IPv6: /64), except addresses in `TRUST_PROXY`. Absent: a quarter of `MAX_CONNECTIONS`.',
    ),
  MAX_CONNECTIONS_PER_SECOND: wholeNumber(0, 1_000_000)
    .default(100)
    .describe(
      'Maximum number of new connections per second from one address (IPv6: /64), on average over five seconds, except addresses in `TRUST_PROXY`; 0 for no limit.',
    ),
  SHED_LAG_MS: wholeNumber(0, 60_000)
    .default(1000)
    .describe(
      'Requests get 503 when the mean event loop delay has exceeded this many milliseconds in each of the last two seconds; 0 for no limit.',
    ),
  SHED_MEMORY_MB: wholeNumber(0, 1_048_576)
    .default(0)
    .describe(
      'Requests, except GET requests with a cached response, get 503 while the process uses more than this many MiB of memory (RSS); 0 for no limit. They also get 503 while more than 70 % of the maximum V8 heap is used.',
    ),
  DRAIN_SECONDS: wholeNumber(0, 300)
    .default(1)
    .describe(
      'How long requests are still accepted after SIGTERM, while `/readyz` is 503. Behind a load balancer, set it longer than the balancer needs to notice the 503.',
    ),
  METRICS: oneOf('open', 'key', 'off')
    .optional()
    .describe(
      'Who may read `/metrics`. open: anyone; key: anyone with an API key or token of any role; off: nobody. Absent: open if `PUBLIC_READ` is true, otherwise key.',
    ),
  PUBLIC_URL: z
    .string()
    .refine(
      isPublicUrl,
      'a URL like https://registry.example, without a user, a password, a query, a fragment or a slash at its end',
    )
    .optional()
    .describe(
      'Base URL at which clients reach the service, for links in calendars and linked data, and in the manifest of `/reconcile`. Pages of its origin may use `/mcp`. Absent: links are relative, calendars have no links, and the manifest has the address in the `Host` header.',
    ),
  PUBLISHER_NAME: text
    .default('Entente registry')
    .describe('Name of the publisher in IATI files, calendars and catalogues.'),
  IATI_ORG_ID: z
    .string()
    .regex(/^[^\p{Cc}\s/&|?]+$/u, 'an identifier like GB-GOV-1, without spaces, /, &, | and ?')
    .default('ZZ-ENTENTE')
    .describe('Identifier of the publisher, as the reporting organization in IATI files.'),
  IATI_ORG_TYPE: oneOf(...Object.values(organizationCodes))
    .default('10')
    .describe('Type of the publisher in IATI files: a code from the IATI code list OrganisationType.'),
  DASHBOARD: oneOf('on', 'off').default('on').describe('Whether the dashboard is served at `/`: on or off.'),
  EMBED_ORIGINS: origins('https://ministry.example', { wildcards: true })
    .optional()
    .describe(
      'Origins, separated by commas, whose pages may show views of the dashboard in frames, with `embed=1`; * for any. Absent: none.',
    ),
  READ_DATABASE_URLS: databaseUrls
    .optional()
    .describe(
      'URLs of read replicas (hot standbys of `DATABASE_URL`), separated by commas. Each URL must always lead to one particular replica, not to a load balancer. Absent: none.',
    ),
  READ_MAX_STALENESS_MS: wholeNumber(20, 60_000)
    .default(100)
    .describe('Maximum staleness of responses from read replicas, in milliseconds.'),
  LISTEN_DATABASE_URL: databaseUrl
    .optional()
    .describe(
      'Direct URL of the database for LISTEN, needed if `DATABASE_URL` leads to a pooler in transaction mode.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl
    .optional()
    .describe(
      'URL of the OpenTelemetry collector that receives traces (OTLP over HTTP, in JSON). Absent: none.',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: exporterHeaders
    .optional()
    .describe(
      'Headers of requests to the collector, like `authorization=Bearer%20TOKEN`, separated by commas; values are percent-encoded.',
    ),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: exporterHeaders
    .optional()
    .describe(
      'The same for traces only. These headers are sent in addition to `OTEL_EXPORTER_OTLP_HEADERS`, and replace those with the same name.',
    ),
  OTEL_RESOURCE_ATTRIBUTES: resourceAttributes
    .optional()
    .describe(
      'Attributes of the service in traces, like `service.namespace=registry`, separated by commas; names and values are percent-encoded.',
    ),
  OTEL_SERVICE_NAME: text
    .optional()
    .describe(
      'Name of the service in traces. Absent: `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, or entente.',
    ),
  OTEL_TRACES_SAMPLER_ARG: sampleRatio
    .default(1)
    .describe(
      'Share of the requests that are traced, from 0 to 1. A request with a `traceparent` header is traced if the header says so.',
    ),
})

type Settings = z.infer<typeof environment>

/** The settings whose defaults depend on other settings or on the machine. `readConfig` sets these defaults. */
type Derived = 'SEED' | 'RATE_LIMIT' | 'METRICS' | 'MAX_EXPENSIVE' | 'POOL_SIZE'

/** The configuration: each variable under its own name, parsed. */
export type Config = Settings & { [Name in Derived]: NonNullable<Settings[Name]> }

/** Variables whose values error messages must not contain, because errors are logged. */
const secrets = new Set([
  'DATABASE_URL',
  'LISTEN_DATABASE_URL',
  'READ_DATABASE_URLS',
  'ADMIN_KEY',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
])

/**
 * Reads the configuration from the environment. No other file of the service reads the environment.
 * @throws OperationalError that names the invalid variables and says what would be valid.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const result = environment.safeParse(env)
  if (!result.success)
    throw new OperationalError(result.error.issues.map((issue) => describeIssue(issue, env)).join('; '))
  const config = result.data
  if (config.OIDC_ISSUER !== undefined && config.OIDC_AUDIENCE === undefined)
    throw new OperationalError(
      'OIDC_AUDIENCE must be set if OIDC_ISSUER is set: tokens for other services must be refused',
    )
  if (config.OIDC_AUDIENCE !== undefined && config.OIDC_ISSUER === undefined)
    throw new OperationalError(
      'OIDC_ISSUER must be set if OIDC_AUDIENCE is set: without an issuer, no tokens are accepted',
    )
  return {
    ...config,
    SEED: config.SEED ?? (config.DATABASE_URL === undefined ? 'all' : 'reference'),
    METRICS: config.METRICS ?? (config.PUBLIC_READ ? 'open' : 'key'),
    POOL_SIZE:
      config.POOL_SIZE ??
      (config.DATABASE_URL === undefined ? embeddedPoolSize(availableParallelism()) : maxDefaultPoolSize),
    MAX_EXPENSIVE: config.MAX_EXPENSIVE ?? availableParallelism(),
    RATE_LIMIT: config.RATE_LIMIT ?? (loopback.test(config.HOST) ? 0 : 600),
  }
}

function describeIssue(issue: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const [name = '', index] = issue.path.map(String)
  const entry = index === undefined ? '' : ` (entry ${Number(index) + 1})`
  const value = env[name] ?? ''
  // A URL with an @ may have a password, also where the service expects none.
  const isSecret = secrets.has(name) || value.includes('@')
  const found = isSecret ? '' : `, not '${value}'`
  return `${name}${entry} must be ${issue.message}${found}`
}

/** Returns the environment variables that look like misspelt settings, each with the setting that was probably meant. */
export const mistypedSettings = (env: NodeJS.ProcessEnv = process.env) =>
  findMistyped(Object.keys(env), Object.keys(environment.shape))

/** Whether npm has started this process, by `npm start` or another script. */
export const startedByNpm = (): boolean => process.env.npm_lifecycle_event !== undefined

/** Returns `DRAIN_SECONDS`, or 0 if it is invalid, which `readConfig` reports. */
export const drainSeconds = (): number =>
  environment.shape.DRAIN_SECONDS.safeParse(process.env.DRAIN_SECONDS).data ?? 0
