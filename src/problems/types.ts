/**
 * Every problem type of the service: its HTTP status, its title, and the explanation of cause and remedy on its page
 * (`/problems/{type}`).
 */
export const problemTypes = {
  'malformed-request': {
    status: 400,
    title: 'Malformed request',
    explanation:
      'The URL, a header or the body is not well formed: broken percent-encoding, text that is not UTF-8, JSON that does not parse, a repeated property, a NUL character or half of a surrogate pair. Or the operation does not accept a header, or a body, that was sent. The detail says where.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'Invalid parameter',
    explanation:
      'Nothing in a request is ignored, so a misspelled parameter, field, include, sort key or value is refused rather than dropped. Each entry of `errors` names the parameter, says what is wrong, and suggests the most similar name or value that exists.',
  },
  'invalid-search': {
    status: 400,
    title: 'Invalid search',
    explanation:
      'Nothing in a search is ignored. Each entry of `errors` has a pointer into the body: to an unknown property, operator or value, with a suggestion, or to the place where the filter expression is too deep or too large.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'Invalid cursor',
    explanation:
      'A cursor is the value of `page.next` of a list, unchanged, and must be sent with the same filters, sort and `asOf`. A cursor that was truncated, edited or issued by another registry is refused. Start again without `cursor`.',
  },
  unauthorized: {
    status: 401,
    title: 'Authentication required',
    explanation:
      'Send `Authorization: Bearer <key>` with a key of this registry that has neither expired nor been revoked, or an access token of the OpenID Connect issuer that it trusts. A wrong key is refused even if the request needs no key.',
  },
  forbidden: {
    status: 403,
    title: 'Permission denied',
    explanation:
      'The key or token is valid, but its role is not enough: readers read, editors also write records, administrators also redact records and manage keys. `/mcp` also refuses web pages of origins that are not allowed. The detail says what is needed.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    explanation:
      'There is no record, version, import or key with this identifier, or no route has this path. The detail says which.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    explanation:
      'The path exists, but does not accept this method. The `Allow` header lists the methods of the path.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    explanation:
      'The `Accept` header must allow the media type that the operation documents, and `Accept-Encoding` one of `br`, `gzip` and `identity`.',
  },
  timeout: {
    status: 408,
    title: 'Request timeout',
    explanation:
      'The request was not complete in time, so its connection was closed. Send the request again.',
  },
  conflict: {
    status: 409,
    title: 'Conflict with stored data',
    explanation:
      'The request contradicts what is stored: for example, a value that must be unique is taken, a record that others refer to would be removed, a public record would refer to an internal one, an import is in another state, or the first request with the `Idempotency-Key` has created an API key. The detail says why. `errors` may name the properties, or the records that refer to the record.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'Idempotency key in use',
    explanation:
      'Another request with this `Idempotency-Key` is still running. Retry after the seconds in `Retry-After` to get its response.',
  },
  merged: {
    status: 410,
    title: 'Merged into another record',
    explanation:
      'The record was a duplicate and was merged into another one, which `detail` names, or in a bulk request an entry of `errors`. Reads of its key are redirected to that record with `308`. Send changes to that record.',
  },
  'stale-version': {
    status: 412,
    title: 'Stale version',
    explanation:
      'The version in `If-Match` is not the current one: the record has changed since it was read. Read it again, apply the change to the current version, and send its ETag. `If-Match: *` skips this check.',
  },
  'too-large': {
    status: 413,
    title: 'Body too large',
    explanation:
      'Bodies may have at most 1 MiB; bodies of `application/x-ndjson` 16 MiB and 1,000 lines; bodies of `POST …/bulk` 16 MiB and 1,000 operations; bodies of `/mcp` 64 KiB. Uploaded files have separate limits. A record or search may have at most 20,000 JSON values, a text 100,000 characters, and the name of a property 200 characters.',
  },
  'uri-too-long': {
    status: 414,
    title: 'URL too long',
    explanation:
      'The limit for path and query together is 14 KiB. Send a longer query in the body of `POST …/search`.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    explanation:
      'Send the `Content-Type` that the operation documents, in most cases `application/json` (PATCH also accepts `application/merge-patch+json`, and `POST …/import` accepts `application/x-ndjson`). JSON must be in UTF-8 and without Content-Encoding.',
  },
  'expectation-failed': {
    status: 417,
    title: 'Expectation failed',
    explanation: 'The only expectation that the service can meet is `Expect: 100-continue`. Omit the header.',
  },
  'invalid-body': {
    status: 422,
    title: 'Validation failed',
    explanation:
      'The JSON is well formed, but its content breaks a rule. `errors` lists up to 100 errors at once, each with a JSON pointer, what is wrong, and what would be right. Nothing was written.',
  },
  'invalid-mapping': {
    status: 422,
    title: 'Invalid mapping',
    explanation:
      'The mapping of an import does not match its JSON Schema, or it names something that exists neither in the registry nor in the file. Each entry of `errors` has a pointer into the mapping, says what is wrong, and suggests the nearest word that exists. Nothing was written.',
  },
  'unreadable-file': {
    status: 422,
    title: 'File cannot be read',
    explanation:
      'The file of an import is truncated, damaged, in another format than its name says, or exceeds a limit. The detail says where, and what would be right. Nothing was written.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    explanation:
      'An `Idempotency-Key` identifies one request of one sender for 24 hours. This request was not run. Either the key was sent before with another method, path, query, body, `If-Match` or `Change-Reason`: send another key. Or the stored response was redacted: read what the first request has changed.',
  },
  'precondition-required': {
    status: 428,
    title: 'Precondition required',
    explanation:
      'A change to an existing record needs `If-Match` with the ETag of the version that was read (in `POST …/bulk`: `ifMatch`, except for `upsert`), so that a change does not overwrite another one unnoticed. `If-Match: *` skips the check.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    explanation:
      'Each client (a key, a token’s subject or, without either, an address) may use as many units a minute as `RateLimit-Policy` says. Most requests cost one unit (`x-cost` in the OpenAPI document has the exceptions). Failed authentications of an address have a lower limit. The number of exports, streams and import previews that a client runs at the same time is limited, too. Retry after the seconds in `Retry-After`.',
  },
  'too-many-waiting': {
    status: 429,
    title: 'Too many waiting requests',
    explanation:
      'Requests wait for the database in a queue that is fair among clients: keys, token subjects and addresses. Too many requests of this client are waiting. Send the next request when an earlier one has been answered, or after the seconds in `Retry-After`.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    explanation: 'The request line and headers together may have at most 16 KiB.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    explanation: 'The error is in the service, not in the request. It is logged with the request id.',
  },
  busy: {
    status: 503,
    title: 'Too many exports or streams',
    explanation:
      'Exports hold a database connection for as long as their client reads, streams of changes and of the progress of imports hold memory, and previews of imports read files, so their number is limited. Nothing was read or written. Retry after the seconds in `Retry-After`.',
  },
  overloaded: {
    status: 503,
    title: 'Service overloaded',
    explanation:
      'Too many requests wait for the database, memory is short, or the event loop of the process is delayed. The request was refused before anything was done, so that earlier requests complete in time. Retry after the seconds in `Retry-After`.',
  },
  'too-slow': {
    status: 503,
    title: 'Statement timeout',
    explanation:
      'A statement reached the time limit (`STATEMENT_SECONDS`) and was cancelled; nothing was written. Narrow the request: add filters, use fewer dimensions or records, leave out `count=exact` and `include`. A cancelled change most likely waited for another change to the same record, and can be retried.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'Outcome unknown',
    explanation:
      'The connection to the database was lost during the commit, or the commit took longer than `STATEMENT_SECONDS`, so the service does not know whether the change was made. Read the record to find out. A retry is safe with `If-Match` and the version that was read (`412` then means that this change or another one was made) or with an `Idempotency-Key`, and not safe without either.',
  },
  unavailable: {
    status: 503,
    title: 'Service unavailable',
    explanation:
      'The database or the issuer of access tokens does not respond, the database or the disk for temporary files accepts no writes at the moment, or concurrent changes interrupted the change repeatedly. Nothing was written. Retry after the seconds in `Retry-After`. `/readyz` also returns this problem while the service shuts down, and if the migrations of the database do not match the version of the service.',
  },
} as const satisfies Record<string, { status: number; title: string; explanation: string }>

/** The name of a problem type, and the end of its URI. */
export type ProblemType = keyof typeof problemTypes

/** The problems that every operation may return. In the OpenAPI document, together they are the response `default`. */
export const commonProblems = [
  'malformed-request',
  'invalid-parameter',
  'unauthorized',
  'forbidden',
  'timeout',
  'not-acceptable',
  'too-large',
  'unsupported-media-type',
  'precondition-required',
  'uri-too-long',
  'expectation-failed',
  'rate-limited',
  'too-many-waiting',
  'internal',
  'overloaded',
  'too-slow',
  'unavailable',
  'outcome-unknown',
] as const satisfies readonly ProblemType[]

/** The name of a problem type that only some operations return. */
export type SpecificProblem = Exclude<ProblemType, (typeof commonProblems)[number]>
