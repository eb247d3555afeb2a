import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Database, DatabaseClient, Transaction } from './database.ts'
import type { roles } from './vocabularies.ts'

/** The role of a key: reader, editor or admin. Each role includes the rights of the roles before it. */
export type Role = (typeof roles)[number]

/** A stored key, without its secret. */
export interface KeyRecord {
  id: string
  name: string
  role: Role
  /** The first characters of the key, by which people recognize it. */
  prefix: string
  createdAt: Date
  expiresAt: Date | null
  /** Time of the last use, stored up to a minute later; null if no use is stored. */
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** The properties of a key to create. */
export interface NewKey {
  name: string
  role: Role
  expiresAt: Date | null
}

const columns = `id, name, role, prefix, created_at "createdAt", expires_at "expiresAt",
  last_used_at "lastUsedAt", revoked_at "revokedAt"`

const prefixAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** The form of a key: `ent_`, 8 characters by which people recognize it, and 256 random bits in base64url. */
export const keyPattern = /^ent_[0-9a-z]{8}_[\w-]{43}$/

function randomKey(): { key: string; prefix: string } {
  const letters = Array.from({ length: 8 }, () => prefixAlphabet[randomInt(prefixAlphabet.length)])
  const prefix = `ent_${letters.join('')}`
  return { prefix, key: `${prefix}_${randomBytes(32).toString('base64url')}` }
}

/** Returns the hash of a key: SHA-256 in hexadecimal. The database stores this hash, and not the key. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Creates a key. Only the return value has the secret; the database stores its hash. @throws PostgreSQL's error. */
export async function createKey(
  tx: Transaction,
  { name, role, expiresAt }: NewKey,
): Promise<{ key: string; record: KeyRecord }> {
  const { key, prefix } = randomKey()
  const rows = await tx.query<KeyRecord>({
    text: `insert into keys (name, role, prefix, hash, expires_at) values ($1, $2, $3, $4, $5) returning ${columns}`,
    values: [name, role, prefix, hashKey(key), expiresAt],
  })
  const [record] = rows
  if (!record) throw new Error('the insert of a key returned no row')
  return { key, record }
}

/** Lists up to `limit` keys, including revoked ones, newest first. With `after`, starts after the key with this id. */
export async function listKeys(
  database: DatabaseClient,
  limit: number,
  after?: string,
): Promise<KeyRecord[]> {
  return database.read<KeyRecord>({
    text: `select ${columns} from keys where $2::uuid is null or id < $2::uuid order by id desc limit $1`,
    values: [limit, after],
  })
}

/** Returns a key by its id, or undefined if there is none. */
export async function readKey(database: DatabaseClient, id: string): Promise<KeyRecord | undefined> {
  const rows = await database.read<KeyRecord>({
    text: `select ${columns} from keys where id = $1`,
    values: [id],
  })
  return rows[0]
}

/**
 * Revokes a key permanently. A second call does not change `revokedAt`.
 * @param idOrPrefix the id of the key, or its first characters (`KeyRecord.prefix`).
 * @returns the revoked key, or undefined if there is none.
 */
export async function revokeKey(tx: Transaction, idOrPrefix: string): Promise<KeyRecord | undefined> {
  const rows = await tx.query<KeyRecord>({
    text: `update keys set revoked_at = coalesce(revoked_at, now()) where id::text = $1 or prefix = $1 returning ${columns}`,
    values: [idOrPrefix],
  })
  return rows[0]
}

/**
 * Stores when keys were last used, unless a later time is already stored.
 * @param agesMs milliseconds since the last use, by the id of the key.
 */
export async function storeLastUses(
  database: Pick<Database, 'transaction'>,
  agesMs: ReadonlyMap<string, number>,
): Promise<void> {
  const statement = {
    text: `update keys set last_used_at = greatest(last_used_at, now() - make_interval(secs => uses.ago_ms / 1000))
      from unnest($1::uuid[], $2::float8[]) as uses(id, ago_ms) where keys.id = uses.id`,
    values: [[...agesMs.keys()], [...agesMs.values()]],
  }
  await database.transaction((tx) => tx.query(statement))
}
