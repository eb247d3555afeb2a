import { pgTable, text } from 'drizzle-orm/pg-core'
import { filled, instantColumn, matches, oneOf, uuidKey } from '../columns.ts'
import { roles } from '../vocabularies.ts'

/** The keys of the API, stored as hashes. A key is never removed, only revoked. */
export const keys = pgTable(
  'keys',
  {
    id: uuidKey(),
    name: text('name').notNull(),
    role: text('role', { enum: roles }).notNull(),
    /** The first characters of the key, by which people recognize it. */
    prefix: text('prefix').notNull().unique('keys_prefix_unique'),
    /** SHA-256 of the whole key, in hexadecimal. The key has 256 random bits, so no slow hash is needed. */
    hash: text('hash').notNull().unique('keys_hash_unique'),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    expiresAt: instantColumn('expires_at'),
    lastUsedAt: instantColumn('last_used_at'),
    revokedAt: instantColumn('revoked_at'),
  },
  (table) => [
    filled('keys_name_filled', table.name),
    oneOf('keys_role_known', table.role, roles),
    matches('keys_prefix_form', table.prefix, '^ent_[0-9a-z]{8}$'),
    matches('keys_hash_form', table.hash, '^[0-9a-f]{64}$'),
  ],
)
