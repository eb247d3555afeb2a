import fp from 'fastify-plugin'
import { Changes } from '../../database/changes.ts'
import { everything } from '../../database/database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts changes. Undefined if the response cache is off: streams then poll at an interval instead of waiting for a change. */
    changes: Changes | undefined
  }
}

/** Milliseconds between two checks of the date. Briefings depend on the date, and there is no notification of a new day. */
const dayCheckMs = 60_000

const today = () => new Date().toISOString().slice(0, 10)

/** Counts each new day, in UTC, as a change. @returns a function that stops the checks. */
function watchDays(changes: Changes): () => void {
  let day = today()
  const timer = setInterval(() => {
    if (today() === day) return
    day = today()
    changes.countChange(everything)
  }, dayCheckMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Provides `app.changes`: listens for changes to the database. */
export const changes = fp<{ enabled: boolean }>(
  async function changes(app, { enabled }) {
    const listener = enabled ? new Changes(app.database, app.log) : undefined
    app.decorate('changes', listener)
    if (!listener) return
    listener.open()
    const stopWatching = watchDays(listener)
    // Wakes up the streams, which wait for changes, so that they notice the shutdown.
    app.addHook('preClose', async () => listener.countChange(everything))
    app.addHook('onClose', () => {
      stopWatching()
      return listener.close()
    })
  },
  { name: 'changes', dependencies: ['database', 'shutdown'] },
)
