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

/** The keys of the API, cached in memory. */
export interface Keyring {
  /**
   * Returns the key with this hash, even if it has expired or been revoked; undefined if there is none.
   * @param mayLookUp false if an unknown key must not be looked up in the database while all keys are cached.
   * @throws what `Database.read` throws, if the key is looked up.
   */
  find(hash: string, mayLookUp: boolean): Promise<CachedKey | undefined>
  /** Records that a key was used now. The time is written to the database within a minute, or lost if the write fails. */
  recordUse(id: string): void
  /** Drops the cached keys, after this process has changed a key. */
  invalidate(): void
  close(): Promise<void>
}

/** How often uses of keys are written. */
const writeUsesIntervalMs = 60_000

/** Delay before a failed load is retried. */
const reloadDelayMs = 1000

const columns = 'hash, id, name, role, expires_at "expiresAt", revoked_at "revokedAt"'

type Row = CachedKey & { hash: string }

type KeyDatabase = Pick<Database, 'read' | 'listen' | 'transaction'>

const readAllKeys = (database: KeyDatabase) =>
  database.read<Row>({ name: 'keys', text: `select ${columns} from keys` })

const readKey = (database: KeyDatabase, hash: string) =>
  database.read<Row>({ name: 'key', text: `select ${columns} from keys where hash = $1`, values: [hash] })

/** Collects uses of keys and writes them in one statement every `writeUsesIntervalMs`. */
function collectUses(database: KeyDatabase) {
  // The last use of each key, in milliseconds of `performance.now()`.
  let uses = new Map<string, number>()
  const write = async () => {
    if (uses.size === 0) return
    const taken = uses
    uses = new Map()
    // Uses whose write fails are dropped: the next use of the key is recorded again.
    const now = performance.now()
    const agesMs = new Map([...taken].map(([id, usedAt]) => [id, now - usedAt]))
    await storeLastUses(database, agesMs).catch(() => {})
  }
  const timer = setInterval(write, writeUsesIntervalMs).unref()
  return {
    record: (id: string) => void uses.set(id, performance.now()),
    close: async () => {
      clearInterval(timer)
      await write()
    },
  }
}

/**
 * Caches all keys in memory, so that a known key needs no statement; only an unknown key is looked up. A notification of a
 * change loads all keys again. While notifications may be missed, every key is looked up. So a key that another process or
 * psql has revoked is still accepted for milliseconds, or for up to a second if the connection for notifications hangs.
 */
export function openKeyring(database: KeyDatabase): Keyring {
  let cached: Map<string, CachedKey> | undefined
  // Rises with each change. The result of a load that began before the latest change is discarded.
  let generation = 0
  let retry: NodeJS.Timeout | undefined

  const dropCache = () => {
    cached = undefined
    generation += 1
    clearTimeout(retry)
  }
  const reload = async () => {
    dropCache()
    const loadGeneration = generation
    try {
      const rows = await readAllKeys(database)
      if (loadGeneration === generation) cached = new Map(rows.map(({ hash, ...key }) => [hash, key]))
    } catch {
      if (loadGeneration === generation) retry = setTimeout(reload, reloadDelayMs).unref()
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
      dropCache()
    },
  })
  const uses = collectUses(database)

  return {
    // A key that is not cached may have just been created by another process.
    find: async (hash, mayLookUp) => {
      const known = cached?.get(hash)
      return known || (cached && !mayLookUp) ? known : (await readKey(database, hash))[0]
    },
    recordUse: uses.record,
    invalidate: () => void (isListening ? reload() : dropCache()),
    close: async () => {
      const subscription = await subscribing
      await subscription.close()
      // A load that is in progress may fail later, and must not be retried.
      dropCache()
      await uses.close()
    },
  }
}
