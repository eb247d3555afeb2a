import fp from 'fastify-plugin'
import { Changes } from '../../database/changes.ts'
import { type Database, everything } from '../../database/database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts changes. Undefined if the response cache is off: streams then poll at an interval instead of waiting for a change.
     */
    changes: Changes | undefined
  }
}

/** Milliseconds between two checks of the date. Briefings depend on the date, and there is no notification of a new day. */
const dayCheckMs = 60_000

/** Counts each new day of the database, in UTC, as a change. @returns a function that stops the checks. */
function watchDays(changes: Changes, { clock }: Database): () => void {
  let day: string | undefined
  const check = async () => {
    const today = (await clock.now()).toISOString().slice(0, 10)
    if (day !== undefined && today !== day) changes.countChange(everything)
    day = today
  }
  // If the database cannot be reached, the next check finds the new day.
  const tryCheck = () => void check().catch(() => {})
  tryCheck()
  const timer = setInterval(tryCheck, dayCheckMs).unref()
  return () => clearInterval(timer)
}

/** Provides `app.changes`: listens for changes to the database. */
export const changes = fp<{ enabled: boolean }>(
  async function changes(app, { enabled }) {
    const listener = enabled ? new Changes(app.database, app.log) : undefined
    app.decorate('changes', listener)
    if (!listener) return
    listener.open()
    const stopWatching = watchDays(listener, app.database)
    // Wakes up the streams, which wait for changes, so that they notice the shutdown.
    app.addHook('preClose', async () => listener.countChange(everything))
    app.addHook('onClose', () => {
      stopWatching()
      return listener.close()
    })
  },
  { name: 'changes', dependencies: ['database', 'shutdown'] },
)
