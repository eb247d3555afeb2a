/**
 * Every kind of problem that the service answers: its HTTP status, its title, and what the reader of its page
 * (`/problems/{type}`) is told about cause and cure.
 */
export const problemTypes = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    explanation:
      'The URL, a header or the body is not well formed: broken percent-encoding, text that is not UTF-8, JSON that does not parse, a property given twice, a NUL character or half of a surrogate pair. The detail says where.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'A parameter is unknown or has a value that it cannot have',
    explanation:
      'Nothing in a request is ignored, so a misspelt parameter, field, include, sort key or value is refused rather than dropped. Each entry of `errors` names the parameter, says what is wrong, and suggests the nearest that exists.',
  },
  'invalid-search': {
    status: 400,
    title: 'The search has conditions that it cannot have',
    explanation:
      'Nothing in a search is ignored. Each entry of `errors` points into the tree: to a property, operator or value that is unknown there, with the nearest that exists, or to the place where the tree is too deep or too large.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor does not belong to this query',
    explanation:
      'A cursor is the value of `page.next` of a list, unchanged, sent with the same filters and sort. Cut, edited or foreign cursors are refused. Start again without `cursor`.',
  },
  unauthorized: {
    status: 401,
    title: 'A key is needed',
    explanation:
      'Send `Authorization: Bearer <key>` with a key of this registry that has neither expired nor been revoked, or an access token of the OpenID Connect issuer that it trusts. A wrong key is refused even where none is needed.',
  },
  forbidden: {
    status: 403,
    title: 'The key does not allow this',
    explanation:
      'The key or token is good, but its role is not enough: readers read, editors also write records, administrators also manage keys. The detail says which role is needed.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing here',
    explanation: 'No record has this identifier, or no route has this path. The detail says which.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take this method',
    explanation: 'The `Allow` header lists the methods that it takes.',
  },
  'not-acceptable': {
    status: 406,
    title: 'The answer cannot be given in a format that the request accepts',
    explanation: 'The `Accept` header must allow one of the formats that the operation documents.',
  },
  timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    explanation: 'The connection is closed when a request is not complete in time. Send it again.',
  },
  conflict: {
    status: 409,
    title: 'The change would contradict another record',
    explanation:
      'Something that must be unique exists already, a record would be below itself, or a record that others refer to would be removed. `errors` names the properties or the records that refer to it.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The same request is being done',
    explanation:
      'Another request with this `Idempotency-Key` has not ended. Send it again after the seconds in `Retry-After`: it is then answered as that one was.',
  },
  'stale-version': {
    status: 412,
    title: 'The record has changed since it was read',
    explanation:
      'The version in `If-Match` is not the current one, so somebody else has changed the record meanwhile. Read it again, apply the change to what it is now, and send the new ETag. `If-Match: *` insists.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    explanation:
      'Bodies may have 1 MiB; `application/x-ndjson` 16 MiB and 1,000 lines; those of `POST …/bulk` 16 MiB and 1,000 operations.',
  },
  'uri-too-long': {
    status: 414,
    title: 'The URL is too long',
    explanation:
      'Path and query may have 14 KiB together. What is asked with more than that fits into the body of `POST …/search`.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is in a format that this operation does not read',
    explanation:
      'Send `Content-Type: application/json` (for PATCH also `application/merge-patch+json`, to create also `application/x-ndjson`), in UTF-8 and without Content-Encoding.',
  },
  'invalid-body': {
    status: 422,
    title: 'The record is not as it must be',
    explanation:
      'The JSON is well formed, but the record in it breaks a rule. `errors` lists every fault at once, each with a JSON pointer to the place, what is wrong there, and what would be right. Nothing was written.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The key of idempotency is that of another request',
    explanation:
      'An `Idempotency-Key` names one request of one sender for 24 hours. It was sent before with another method, path, query, media type, body, `If-Match` or `Change-Reason`. Nothing was done; send another key.',
  },
  'precondition-required': {
    status: 428,
    title: 'The request must say which version it changes',
    explanation:
      'PUT, PATCH and DELETE need `If-Match` with the ETag of the version that was read, so that nobody overwrites a change unseen. `If-Match: *` insists.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    explanation:
      'A key, a token’s subject or, without either, an address may send so many requests a minute as `RateLimit-Policy` says; failed authentications of an address have a lower limit. Send it again after the seconds in `Retry-After`.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    explanation: 'The request line and headers together may have 16 KiB.',
  },
  internal: {
    status: 500,
    title: 'The service has failed',
    explanation:
      'This is a fault of the service and not of the request. It has been logged under the request id.',
  },
  busy: {
    status: 503,
    title: 'Too many exports and questions about the past run already',
    explanation:
      'Exports and questions about the past hold their connections to the database long, so only a part of them may be used for these at once; and a past that too much has changed since takes too long to bring back. Nothing was read or written. Try again after the seconds in `Retry-After`, or for a later moment.',
  },
  overloaded: {
    status: 503,
    title: 'The service has more to do than it can',
    explanation:
      'Too many requests wait for the database, or the process itself is behind with its work. The request was turned away before anything was done, so that those before it are answered in time. Send it again after the seconds in `Retry-After`.',
  },
  'too-slow': {
    status: 503,
    title: 'The database did not finish in time',
    explanation:
      'A statement ran for as long as any may (`STATEMENT_SECONDS`) and was stopped; nothing was written. Ask for less: add filters, shorten the time, take fewer dimensions or records, leave out `count=exact` and `include`. A change that was stopped most likely waited for another one of the same record, and may be sent again.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'The change may have been made or not',
    explanation:
      'The connection to the database was lost at the very moment when the change was being committed, so nobody can say whether it was. Read the record, which tells. Repeating is safe with `If-Match` and the version that was read (`412` then says that the change was made, or that somebody else has made one) or with an `Idempotency-Key`, and not safe without either.',
  },
  unavailable: {
    status: 503,
    title: 'Something that the service needs cannot be reached',
    explanation:
      'The database, or the issuer of access tokens, does not answer, or the database takes no changes at the moment. Nothing was written unless the answer said so. Try again after the seconds in `Retry-After`.',
  },
} as const satisfies Record<string, { status: number; title: string; explanation: string }>

export type ProblemType = keyof typeof problemTypes
