import type pg from 'pg'
import { noteUses, type Role } from './keys.ts'
import { subscribe } from './subscription.ts'

/** What must be known of a key to say what it may do. */
export interface HeldKey {
  id: string
  name: string
  role: Role
  expiresAt: Date | null
  revokedAt: Date | null
}

/** All keys, at hand. */
export interface Keyring {
  /** The key with this hash, if there is one; it may have expired or been revoked. */
  find(hash: string): Promise<HeldKey | undefined>
  /** Notes that a key was used just now; written within the minute. */
  use(id: string): void
  /** Forgets what is known, since this process has changed a key. */
  changed(): void
  close(): Promise<void>
}

/** How often uses of keys are written, and how long to wait before loading is tried anew; milliseconds. */
const usesEvery = 60_000
const retryAfter = 1000

const columns = 'hash, id, name, role, expires_at "expiresAt", revoked_at "revokedAt"'

type Row = HeldKey & { hash: string }

const load = (pool: pg.Pool) => pool.query<Row>({ name: 'keys', text: `select ${columns} from keys` })

const ask = (pool: pg.Pool, hash: string) =>
  pool.query<Row>({ name: 'key', text: `select ${columns} from keys where hash = $1`, values: [hash] })

/** Uses of keys, collected to be written in one statement now and then. */
function collectUses(pool: pg.Pool) {
  let uses = new Map<string, Date>()
  const write = async () => {
    if (uses.size === 0) return
    const taken = uses
    uses = new Map()
    // When the database is away, nobody waits for this; what is used again is noted again.
    await noteUses(pool, taken).catch(() => {})
  }
  const timer = setInterval(write, usesEvery).unref()
  return {
    note: (id: string) => void uses.set(id, new Date()),
    close: async () => {
      clearInterval(timer)
      await write()
    },
  }
}

/**
 * Holds all keys in memory, so that finding one asks nobody; only a key that is not held is asked for. What is held is forgotten the moment that a change is
 * notified, and is not relied on while notifications could be missed: until it has been loaded anew, the database is
 * asked for each key. So a key that was revoked in another process, or in psql, is not taken for good by this one.
 * @param url where to listen for notifications; undefined for where the pool connects.
 */
export function openKeyring(pool: pg.Pool, url?: string): Keyring {
  let held: Map<string, HeldKey> | undefined
  // Loads that were begun before the latest change must not count.
  let generation = 0
  let retry: NodeJS.Timeout | undefined

  const forget = () => {
    held = undefined
    generation += 1
    clearTimeout(retry)
  }
  const reload = async () => {
    forget()
    const own = generation
    try {
      const { rows } = await load(pool)
      if (own === generation) held = new Map(rows.map(({ hash, ...key }) => [hash, key]))
    } catch {
      if (own === generation) retry = setTimeout(reload, retryAfter).unref()
    }
  }
  let listening = false
  const subscription = subscribe(
    { pool, url },
    'entente_keys',
    () => {
      listening = true
      void reload()
    },
    () => {
      listening = false
      forget()
    },
  )
  const uses = collectUses(pool)

  return {
    // A key that is not held may have been made elsewhere a moment ago.
    find: async (hash) => held?.get(hash) ?? (await ask(pool, hash)).rows[0],
    use: uses.note,
    changed: () => void (listening ? reload() : forget()),
    close: async () => {
      await subscription.close()
      await uses.close()
    },
  }
}
