import fp from 'fastify-plugin'
import { recompose, recomposeUncomposed } from '../../features/recompose/recompose.ts'
import type { Registry } from '../../model/registry.ts'

/** The notification channel of writes that bypass the service. */
const channel = 'entente_uncomposed'

/** Milliseconds between two polls for documents that another version of the declaration has composed (`records.shape`). */
const intervalMs = 600_000

/** Milliseconds between two polls for writes that bypass the service, since notifications may not arrive. */
const uncomposedIntervalMs = 5000

/** Recomposes documents in the background: at the start, after writes that bypass the service, and at intervals. */
export const recomposer = fp<{ registry: Registry }>(
  async function recomposer(app, { registry }) {
    // A separate connection, so that requests do not wait for the recomposer.
    const database = app.database.fork({ maxConnections: 1 })
    const stopping = new AbortController()
    let running: Promise<void> = Promise.resolve()
    /** Returns a function that runs `work` after all other work. While a run waits, further calls do nothing. */
    const runner = (work: () => Promise<number>) => {
      let isWaiting = false
      return () => {
        if (isWaiting) return
        isWaiting = true
        running = running.then(async () => {
          isWaiting = false
          if (stopping.signal.aborted) return
          // A standby accepts no writes, and the database may be unavailable. Until the next run, reads compose these documents.
          await work().catch((error: Error) => app.log.debug({ err: error }, 'Documents were not composed.'))
        })
      }
    }
    const runUncomposed = runner(() => recomposeUncomposed(database, registry, stopping.signal))
    const runAll = runner(() => recompose(database, registry, stopping.signal))
    const timers = [
      setInterval(runAll, intervalMs).unref(),
      setInterval(runUncomposed, uncomposedIntervalMs).unref(),
    ]
    const listening = app.database.listen(channel, { onNotification: runUncomposed, onConnect: runAll })
    app.addHook('onClose', async () => {
      stopping.abort()
      for (const timer of timers) clearInterval(timer)
      await (await listening).close()
      await running
      await database.close()
    })
  },
  { name: 'recomposer', dependencies: ['database'] },
)
