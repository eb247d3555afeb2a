import type { Transaction } from './database.ts'

/**
 * Stores the responses to requests with an `Idempotency-Key`. `identity` is the hash of the actor and the key
 * (`tables/idempotency.ts`).
 */

/** How long responses are stored, as a PostgreSQL interval. */
const retention = '24 hours'

/** Maximum number of expired responses that are deleted when a new one is stored. */
const purgeBatchSize = 10

/** The response to a request. */
export interface StoredResponse {
  status: number
  headers: Record<string, string>
  /** Media type of the body; null for JSON. */
  type: string | null
  /** Null for a response without a body, and after a redaction. */
  body: string | null
}

/** `fingerprint` identifies the request, so that another request with the same key can be refused. */
type StoredRequest = StoredResponse & { fingerprint: string }

/**
 * Locks the key of a request until the transaction ends. The lock is an advisory lock, because a lock on a row would assign
 * the transaction's id: the feed of changes is ordered by these ids, which must be assigned in the order in which records
 * are locked.
 * @returns false when another transaction holds the lock.
 */
export async function tryLock(tx: Transaction, identity: string): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>({
    name: 'idempotency-lock',
    text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked',
    values: [`idempotent ${identity}`],
  })
  return row?.locked === true
}

/** Returns the stored response, unless it has expired. Must follow `tryLock`, to see what earlier holders of the lock stored. */
export async function findResponse(tx: Transaction, identity: string): Promise<StoredRequest | undefined> {
  const [row] = await tx.query<StoredRequest>({
    name: 'idempotency-find',
    text: `select fingerprint, status, headers, type, body from idempotent_requests
      where identity = $1 and created_at > now() - interval '${retention}'`,
    values: [identity],
  })
  return row
}

/** Stores a response, and deletes some expired ones. The caller holds the lock. */
export async function saveResponse(
  tx: Transaction,
  identity: string,
  { fingerprint, status, headers, type, body }: StoredRequest,
): Promise<void> {
  await tx.query({
    name: 'idempotency-save',
    text: `with purged as (
        delete from idempotent_requests where identity = any(array(
          select identity from idempotent_requests where created_at <= now() - interval '${retention}' and identity <> $1
          order by created_at limit ${purgeBatchSize} for update skip locked))
      )
      insert into idempotent_requests (identity, fingerprint, status, headers, type, body) values ($1, $2, $3, $4, $5, $6)
      on conflict (identity) do update set fingerprint = excluded.fingerprint, status = excluded.status,
        headers = excluded.headers, type = excluded.type, body = excluded.body, created_at = now()`,
    values: [identity, fingerprint, status, headers, type, body],
  })
}

/** The fingerprint of requests with a redacted response. It equals no real fingerprint, so a repeated request is refused. */
export const redactedFingerprint = 'redacted'

/**
 * SQL of a body in NFC. `normalize` takes milliseconds for a body of 60 kB, so it is called only for the few bodies that need it;
 * ASCII is recognized still faster.
 */
const composedBody = `case when octet_length(body) = length(body) or body is nfc normalized then body else normalize(body, nfc) end`

/**
 * Removes the body and headers of each stored response whose body contains one of the texts. The keys stay, so that a
 * repeated request does not run again.
 * @param texts parts of JSON in the Unicode form NFC, such as a text with the escape sequences of JSON, without quotation marks.
 */
export async function redactResponses(tx: Transaction, texts: string[]): Promise<void> {
  // With `offset 0`, PostgreSQL computes the body in NFC once, and not again for each part.
  await tx.query({
    name: 'idempotency-redact',
    text: `update idempotent_requests set fingerprint = '${redactedFingerprint}', headers = '{}', body = null
      where exists (select from (select ${composedBody} as text offset 0) as composed, unnest($1::text[]) as part
        where strpos(composed.text, part) > 0)`,
    values: [texts],
  })
}
