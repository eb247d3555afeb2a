import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Database, Transaction } from './database.ts'
import type { roles } from './vocabularies.ts'

/** What a key allows; each role may also do what those before it may: reader, editor, admin. */
export type Role = (typeof roles)[number]

/** A key as it is kept and shown: everything but the key itself. */
export interface KeyRecord {
  id: string
  name: string
  role: Role
  /** What the key begins with, for people to recognise it by. */
  prefix: string
  createdAt: Date
  expiresAt: Date | null
  /** To the minute. */
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** What a key is to be like. */
export interface NewKey {
  name: string
  role: Role
  expiresAt: Date | null
}

const columns = `id, name, role, prefix, created_at "createdAt", expires_at "expiresAt",
  last_used_at "lastUsedAt", revoked_at "revokedAt"`

const prefixAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** The form of keys: `ent_`, 8 characters to recognise it by, and 256 random bits in base64url. */
export const keyForm = /^ent_[0-9a-z]{8}_[\w-]{43}$/

function randomKey(): { key: string; prefix: string } {
  const letters = Array.from({ length: 8 }, () => prefixAlphabet[randomInt(prefixAlphabet.length)])
  const prefix = `ent_${letters.join('')}`
  return { prefix, key: `${prefix}_${randomBytes(32).toString('base64url')}` }
}

/** The hash under which a key is kept: SHA-256, in hexadecimal. */
export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Makes a key. The key itself is in what is returned, and nowhere else ever. */
export async function createKey(
  tx: Transaction,
  { name, role, expiresAt }: NewKey,
): Promise<{ key: string; record: KeyRecord }> {
  const { key, prefix } = randomKey()
  const rows = await tx.query<KeyRecord>({
    text: `insert into keys (name, role, prefix, hash, expires_at) values ($1, $2, $3, $4, $5) returning ${columns}`,
    values: [name, role, prefix, hashOf(key), expiresAt],
  })
  const [record] = rows
  if (!record) throw new Error('a key was not there after it had been written')
  return { key, record }
}

/** Keys, the newest first, from the one after `after` (an id) on; at most `limit`. Those revoked are among them. */
export async function listKeys(database: Database, limit: number, after?: string): Promise<KeyRecord[]> {
  const rows = await database.read<KeyRecord>({
    text: `select ${columns} from keys where $2::uuid is null or id < $2::uuid order by id desc limit $1`,
    values: [limit, after],
  })
  return rows
}

/** One key by its id. */
export async function readKey(database: Database, id: string): Promise<KeyRecord | undefined> {
  const rows = await database.read<KeyRecord>({
    text: `select ${columns} from keys where id = $1`,
    values: [id],
  })
  return rows[0]
}

/**
 * Revokes a key for good; the first time counts.
 * @param which its id or its prefix.
 * @returns the key as it is now, or undefined when there is none.
 */
export async function revokeKey(tx: Transaction, which: string): Promise<KeyRecord | undefined> {
  const rows = await tx.query<KeyRecord>({
    text: `update keys set revoked_at = coalesce(revoked_at, now()) where id::text = $1 or prefix = $1 returning ${columns}`,
    values: [which],
  })
  return rows[0]
}

/** Notes when keys were last used. A time that is there already and later stays. */
export async function noteUses(database: Database, uses: ReadonlyMap<string, Date>): Promise<void> {
  const statement = {
    text: `update keys set last_used_at = greatest(last_used_at, uses.at)
      from unnest($1::uuid[], $2::timestamptz[]) as uses(id, at) where keys.id = uses.id`,
    values: [[...uses.keys()], [...uses.values()]],
  }
  await database.transaction((tx) => tx.query(statement))
}
