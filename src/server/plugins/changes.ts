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

const dayMs = 86_400_000

/** Milliseconds between two checks of the date. Briefings depend on the date, and there is no notification of a new day. */
const dayCheckMs = 60_000

/**
 * Counts each new day of the database, in UTC, as a change: at midnight, and again at the next check. The database's clock may have
 * been set meanwhile, or may have been behind at midnight, so that a response of the former day was stored afterwards.
 * @returns a function that stops the checks.
 */
function watchDays(changes: Changes, { clock }: Database): () => void {
  const countNewDay = () => changes.countChange(everything)
  let day: number | undefined
  let midnightTimer: NodeJS.Timeout | undefined
  const check = async () => {
    const timeMs = (await clock.now()).getTime()
    const today = Math.floor(timeMs / dayMs)
    if (day !== undefined && today !== day) countNewDay()
    day = today
    const untilMidnightMs = (today + 1) * dayMs - timeMs
    if (untilMidnightMs < dayCheckMs) midnightTimer = setTimeout(countNewDay, untilMidnightMs).unref()
  }
  // If the database cannot be reached, the next check finds the new day.
  const tryCheck = () => void check().catch(() => {})
  tryCheck()
  const timer = setInterval(tryCheck, dayCheckMs).unref()
  return () => {
    clearInterval(timer)
    clearTimeout(midnightTimer)
  }
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
