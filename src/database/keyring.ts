import type { Database } from './database.ts'
import { type Role, storeLastUses } from './keys.ts'

/** The columns of a key that authentication needs. */
export interface CachedKey {
  id: string
  name: string
  role: Role
  expiresAt: Date | null
  revokedAt: Date | null
}

/** All keys in memory. */
export interface Keyring {
  /**
   * The key with this hash, if there is one; it may have expired or been revoked.
   * @param mayLookUp whether a key that is not in memory is looked up in the database, while all keys are in memory.
   */
  find(hash: string, mayLookUp?: boolean): Promise<CachedKey | undefined>
  /** Notes that a key was used now. It is written to the database within a minute. */
  use(id: string): void
  /** Drops the cached keys, after this process has changed one. */
  changed(): void
  close(): Promise<void>
}

/** How often uses of keys are written. */
const writeUsesIntervalMs = 60_000

/** Delay before a failed load is retried. */
const reloadDelayMs = 1000

const columns = 'hash, id, name, role, expires_at "expiresAt", revoked_at "revokedAt"'

type Row = CachedKey & { hash: string }

const load = (database: Database) => database.read<Row>({ name: 'keys', text: `select ${columns} from keys` })

const find = (database: Database, hash: string) =>
  database.read<Row>({ name: 'key', text: `select ${columns} from keys where hash = $1`, values: [hash] })

/** Collects uses of keys and writes them in one statement every `writeUsesIntervalMs`. */
function collectUses(database: Database) {
  // The moments of uses, as `performance.now()` gives them.
  let uses = new Map<string, number>()
  const write = async () => {
    if (uses.size === 0) return
    const taken = uses
    uses = new Map()
    // A failed write is dropped: the next use of the key is noted again.
    const now = performance.now()
    const agesMs = new Map([...taken].map(([id, moment]) => [id, now - moment]))
    await storeLastUses(database, agesMs).catch(() => {})
  }
  const timer = setInterval(write, writeUsesIntervalMs).unref()
  return {
    note: (id: string) => void uses.set(id, performance.now()),
    close: async () => {
      clearInterval(timer)
      await write()
    },
  }
}

/**
 * Holds all keys in memory, so that a known key needs no statement; only an unknown key is looked up. A notification of a
 * change drops all keys, and while notifications may be missed every key is looked up. So a key that another process or psql
 * has revoked is accepted for milliseconds, or for a second if the connection for notifications does not answer.
 */
export function openKeyring(database: Database): Keyring {
  let held: Map<string, CachedKey> | undefined
  // Loads that began before the latest change must not count.
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
      const rows = await load(database)
      if (own === generation) held = new Map(rows.map(({ hash, ...key }) => [hash, key]))
    } catch {
      if (own === generation) retry = setTimeout(reload, reloadDelayMs).unref()
    }
  }
  let isListening = false
  const subscribing = database.listen('entente_keys', {
    onNotification: () => void reload(),
    onConnect: () => {
      isListening = true
      void reload()
    },
    onDisconnect: () => {
      isListening = false
      forget()
    },
  })
  const uses = collectUses(database)

  return {
    // An unknown key may have been created by another process a moment ago.
    find: async (hash, mayLookUp = true) => {
      const known = held?.get(hash)
      return known || (held && !mayLookUp) ? known : (await find(database, hash))[0]
    },
    use: uses.note,
    changed: () => void (isListening ? reload() : forget()),
    close: async () => {
      const subscription = await subscribing
      await subscription.close()
      clearTimeout(retry)
      await uses.close()
    },
  }
}
