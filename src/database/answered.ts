import type pg from 'pg'

/** Requests that were sent with a key of idempotency, and what they have been answered. */

/** How long answers are kept, as PostgreSQL writes intervals. */
const kept = '24 hours'

/** How many answers that are older go with each one that comes. */
const swept = 10

/** What a request has been answered. */
export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  type: string | null
  body: string | null
}

type KeptRequest = KeptAnswer & { fingerprint: string }

/**
 * Takes the turn of a request until the transaction ends. The lock gives the transaction no number, as a row would: the
 * feed of changes is ordered by those, and they must be given in the order in which records are locked.
 * @returns whether nobody else has it.
 */
export async function takeTurn(client: pg.ClientBase, identity: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>({
    name: 'answered-turn',
    text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
    values: [`idempotent ${identity}`],
  })
  return rows[0]?.taken === true
}

/** What a request has been answered, unless that is too long ago. Ask when the turn has been taken, and not with it. */
export async function findAnswer(client: pg.ClientBase, identity: string): Promise<KeptRequest | undefined> {
  const { rows } = await client.query<KeptRequest>({
    name: 'answered-find',
    text: `select fingerprint, status, headers, type, body from idempotent_requests
      where identity = $1 and created_at > now() - interval '${kept}'`,
    values: [identity],
  })
  return rows[0]
}

/** Keeps what a request is answered, and removes some of what has been kept too long. The turn must have been taken. */
export async function keepAnswer(
  client: pg.ClientBase,
  identity: string,
  { fingerprint, status, headers, type, body }: KeptRequest,
): Promise<void> {
  await client.query({
    name: 'answered-keep',
    text: `with swept as (
        delete from idempotent_requests where identity = any(array(
          select identity from idempotent_requests where created_at <= now() - interval '${kept}' and identity <> $1
          order by created_at limit ${swept} for update skip locked))
      )
      insert into idempotent_requests (identity, fingerprint, status, headers, type, body) values ($1, $2, $3, $4, $5, $6)
      on conflict (identity) do update set fingerprint = excluded.fingerprint, status = excluded.status,
        headers = excluded.headers, type = excluded.type, body = excluded.body, created_at = now()`,
    values: [identity, fingerprint, status, headers, type, body],
  })
}
