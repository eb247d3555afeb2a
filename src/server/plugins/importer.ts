import fp from 'fastify-plugin'
import { singleReads } from '../../database/database.ts'
import { importChannel } from '../../features/imports/http/notify.ts'
import { isTemporary, runImport } from '../../features/imports/run.ts'
import { removeImport } from '../../features/imports/staged.ts'
import { listStaleUploads, listUnfinished } from '../../features/imports/store.ts'
import type { Registry } from '../../model/registry.ts'

/** Milliseconds between two polls for imports that no process works on. */
const intervalMs = 15_000

/** Milliseconds between two polls for abandoned uploads. Several processes may remove them concurrently. */
const cleaningIntervalMs = 600_000

/** Maximum number of imports that one process works on at once. */
const maxRunning = 2

/** Connections for imports: each writes on one while it reads on another. Locks have connections of their own. */
const connections = maxRunning * 2

/** Options of the plugin `importer`. */
export interface ImporterOptions {
  registry: Registry
}

/**
 * Runs imports in the background: new ones on notification, and those that another process left unfinished at the start
 * and at intervals.
 */
export const importer = fp<ImporterOptions>(
  async function importer(app, { registry }) {
    // Statements of imports may take long. Those that look for imports have the usual limit, so that a database that is
    // silent does not hold up the end of the service.
    const database = app.database.fork({ maxConnections: connections, statementTimeoutMs: 600_000 })
    const stopping = new AbortController()
    const running = new Map<string, Promise<void>>()
    /** Works on an import. Returns whether the work has ended, with success or failure. */
    const work = async (id: string): Promise<boolean> => {
      try {
        await runImport({ database, registry }, id, { signal: stopping.signal })
        return true
      } catch (error) {
        // The database is unreachable, or another import of the register is running: a later poll continues it.
        if (isTemporary(error, stopping.signal)) return false
        app.log.error({ err: error, import: id }, 'An import cannot go on.')
        return true
      }
    }
    const look = async () => {
      const waiting = await listUnfinished(singleReads(app.database)).catch(() => [])
      for (const id of waiting) {
        if (stopping.signal.aborted || running.size >= maxRunning) return
        if (running.has(id)) continue
        const done = work(id).then((hasEnded) => {
          running.delete(id)
          // Another one may have waited for its place, or for its register.
          if (hasEnded && !stopping.signal.aborted) void look()
        })
        running.set(id, done)
      }
    }
    const clean = async () => {
      for (const id of await listStaleUploads(singleReads(app.database))) await removeImport(app.database, id)
    }
    const timers = [
      setInterval(look, intervalMs).unref(),
      // What is not removed now is removed the next time.
      setInterval(() => clean().catch(() => {}), cleaningIntervalMs).unref(),
    ]
    const listening = app.database.listen(importChannel, { onNotification: look, onConnect: look })
    app.addHook('onClose', async () => {
      stopping.abort()
      for (const timer of timers) clearInterval(timer)
      await listening.then((subscription) => subscription.close()).catch(() => {})
      await Promise.all(running.values())
      await database.close()
    })
  },
  { name: 'importer', dependencies: ['database'] },
)
