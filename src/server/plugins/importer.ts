import fp from 'fastify-plugin'
import { autocommitReads } from '../../database/database.ts'
import { removeStaleUploads } from '../../features/imports/cleanup.ts'
import { importChannel } from '../../features/imports/http/notify.ts'
import { isTemporary, runImport } from '../../features/imports/run.ts'
import { listUnfinished, TakenOver } from '../../features/imports/store.ts'
import { removeAbandonedFolders } from '../../features/imports/temporary-folders.ts'
import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'

/** Milliseconds between two polls for unfinished imports. */
const intervalMs = 15_000

/** Milliseconds between two polls for abandoned uploads. Several processes may remove them concurrently. */
const cleaningIntervalMs = 600_000

/** Maximum number of imports that one process works on at the same time. */
const maxRunning = 2

/**
 * Size of the pool of imports: each import reads on one connection and writes on another. The lock of an import, and its COPY or
 * cursor, use connections outside the pool.
 */
const poolSize = maxRunning * 2

/**
 * Runs imports in the background. Looks for unfinished imports, including imports of other processes, at the start, after
 * each notification and at intervals.
 */
export const importer = fp<{ registry: Registry }>(
  async function importer(app, { registry }) {
    // Statements of imports may take long. Statements that look for imports have the usual time limit, so that a database
    // that does not respond does not delay the shutdown.
    const database = app.database.fork({ maxConnections: poolSize, statementTimeoutMs: 600_000 })
    const stopping = new AbortController()
    const running = new Map<string, Promise<void>>()
    /**
     * Continues an import until it ends, is deleted or waits for a person. Returns whether the process looks for further imports
     * at once; false if a later poll tries this import again.
     */
    const run = async (id: string): Promise<boolean> => {
      try {
        return await runImport({ database, registry }, id, { signal: stopping.signal })
      } catch (error) {
        const isDeleted = error instanceof Problem && error.type === 'not-found'
        const isEnded = isDeleted || error instanceof TakenOver || stopping.signal.aborted
        if (!isEnded && isTemporary(error))
          app.log.warn({ err: error, import: id }, 'An import was interrupted, and will be tried again.')
        else if (!isEnded) app.log.error({ err: error, import: id }, 'An import cannot continue.')
        return isDeleted || error instanceof TakenOver
      }
    }
    /** The imports to try. Each poll adds the unfinished ones, also those that wait for another import of their scheme. */
    const queue = new Set<string>()
    const runQueue = () => {
      for (const id of queue) {
        if (stopping.signal.aborted || running.size >= maxRunning) return
        queue.delete(id)
        if (running.has(id)) continue
        const done = run(id).then((mayRunNext) => {
          running.delete(id)
          // Another import of the scheme may have waited for this one.
          if (mayRunNext) void runNext()
          else runQueue()
        })
        running.set(id, done)
      }
    }
    const runNext = async () => {
      for (const id of await listUnfinished(autocommitReads(app.database)).catch(() => [])) queue.add(id)
      runQueue()
    }
    // If a removal fails, the next poll repeats it.
    const cleanFolders = () => removeAbandonedFolders().catch(() => {})
    const clean = async () => {
      await cleanFolders()
      await removeStaleUploads(app.database)
    }
    const timers = [
      setInterval(runNext, intervalMs).unref(),
      setInterval(() => clean().catch(() => {}), cleaningIntervalMs).unref(),
    ]
    void cleanFolders()
    const listening = app.database.listen(importChannel, { onNotification: runNext, onConnect: runNext })
    app.addHook('onClose', async () => {
      stopping.abort()
      for (const timer of timers) clearInterval(timer)
      await (await listening).close()
      await Promise.all(running.values())
      await database.close()
    })
  },
  { name: 'importer', dependencies: ['database'] },
)
