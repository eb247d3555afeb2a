import type pg from 'pg'
import { z } from 'zod'
import { createKey, type KeyRecord, listKeys, type NewKey, type Role, revokeKey } from '../database/keys.ts'
import { roles } from '../database/vocabularies.ts'
import { didYouMean } from '../problems/suggest.ts'
import { StartupError } from '../startup-error.ts'

/** The texts of the command line's options, by name. */
export type Texts = Readonly<Record<string, string>>

const verbs = ['create', 'list', 'revoke'] as const

/** What `entente key …` is to do, checked before anything is opened. */
export type KeyRequest =
  | { verb: 'create'; key: NewKey }
  | { verb: 'list' }
  | { verb: 'revoke'; which: string }

function roleOf(text = ''): Role {
  const role = roles.find((candidate) => candidate === text)
  if (role) return role
  throw new StartupError(`--role must be one of ${roles.join(', ')}, not '${text}'${didYouMean(text, roles)}`)
}

/** A day, which begins in UTC, or a moment. Days that no month has are none. */
const momentForm = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

function expiryOf(text: string | undefined): Date | null {
  if (text === undefined) return null
  const moment = momentForm.safeParse(text).success ? new Date(text) : new Date(Number.NaN)
  if (moment.getTime() > Date.now()) return moment
  throw new StartupError(
    `--expires must be a day or moment to come, such as 2027-01-31 or 2027-01-31T12:00Z, not '${text}'`,
  )
}

function nameOf(text: string | undefined): string {
  const name = text?.trim() ?? ''
  if (/^[^\p{Cc}]{1,200}$/u.test(name)) return name
  throw new StartupError('--name must say who or what gets the key, in at most 200 characters')
}

function revocationOf([which = '', ...more]: string[]): KeyRequest {
  // Somebody who has the whole key need not cut it.
  const prefix = /^ent_[0-9a-z]{8}/.exec(which)?.[0]
  if (more.length === 0 && (prefix || /^[0-9a-f-]{36}$/.test(which)))
    return { verb: 'revoke', which: prefix ?? which }
  throw new StartupError('say which: entente key revoke ent_… (what it begins with) or its id')
}

/**
 * Reads what follows `entente key`.
 * @throws StartupError that says what would be right.
 */
export function readKeyRequest([word = '', ...words]: string[], texts: Texts): KeyRequest {
  const verb = verbs.find((candidate) => candidate === word)
  if (!verb) throw new StartupError(`there is no 'key ${word}'${didYouMean(word, verbs)}`)
  const [option] = verb === 'create' ? [] : Object.keys(texts)
  if (option) throw new StartupError(`key ${verb} takes no --${option}`)
  if (verb === 'revoke') return revocationOf(words)
  if (words.length > 0) throw new StartupError(`unexpected '${words.join(' ')}' after key ${verb}`)
  if (verb === 'list') return { verb }
  const { name, role, expires } = texts
  return { verb, key: { name: nameOf(name), role: roleOf(role), expiresAt: expiryOf(expires) } }
}

function standing({ revokedAt, expiresAt }: KeyRecord): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`
  if (!expiresAt) return 'good'
  return `${expiresAt.getTime() <= Date.now() ? 'expired' : 'good until'} ${expiresAt.toISOString()}`
}

const lineOf = (key: KeyRecord) =>
  [
    key.prefix,
    key.role.padEnd(6),
    standing(key),
    key.lastUsedAt ? `last used ${key.lastUsedAt.toISOString()}` : 'never used',
    key.name,
  ].join('  ')

async function allKeys(pool: pg.Pool): Promise<KeyRecord[]> {
  const all: KeyRecord[] = []
  for (let page = await listKeys(pool, 200); page.length > 0; ) {
    all.push(...page)
    page = await listKeys(pool, 200, page.at(-1)?.id)
  }
  return all
}

/**
 * Does it, on a migrated database, and returns what to print. A new key stands alone in the first line, for scripts.
 * @throws StartupError when there is no such key.
 */
export async function runKeyRequest(request: KeyRequest, pool: pg.Pool): Promise<string> {
  if (request.verb === 'create') {
    const { key, record } = await createKey(pool, request.key)
    return `${key}\nThis is shown only now. ${record.name}: ${record.role}, ${standing(record)}.`
  }
  if (request.verb === 'list') {
    const keys = await allKeys(pool)
    return keys.length > 0 ? keys.map(lineOf).join('\n') : 'There are no keys but ADMIN_KEY.'
  }
  const record = await revokeKey(pool, request.which)
  if (!record) throw new StartupError(`there is no key ${request.which}; 'entente key list' shows them all`)
  return `${record.prefix} (${record.name}) is ${standing(record)}.`
}
