import type { Database } from '../database/database.ts'
import { type KeyRecord, listKeys } from '../database/keys.ts'

const pageSize = 200

/** Reads every key, newest first. */
export async function readAllKeys(database: Database): Promise<KeyRecord[]> {
  const keys: KeyRecord[] = []
  for (let page = await listKeys(database, pageSize); page.length > 0; ) {
    keys.push(...page)
    page = await listKeys(database, pageSize, page.at(-1)?.id)
  }
  return keys
}

/** Returns `active`, or `revoked`, `expired` or `active until` with a time. @param now the time of the database. */
export function keyStatus({ revokedAt, expiresAt }: KeyRecord, now: Date): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`
  if (!expiresAt) return 'active'
  return `${expiresAt <= now ? 'expired' : 'active until'} ${expiresAt.toISOString()}`
}

/** Formats keys as lines: prefix, role, status, last use and name. */
export const formatKeys = (keys: KeyRecord[], now: Date): string =>
  keys.map((key) => formatKey(key, now)).join('\n')

function formatKey(key: KeyRecord, now: Date): string {
  const lastUse = key.lastUsedAt ? `last used ${key.lastUsedAt.toISOString()}` : 'never used'
  return [key.prefix, key.role.padEnd(6), keyStatus(key, now), lastUse, key.name].join('  ')
}
