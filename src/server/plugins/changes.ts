import fp from 'fastify-plugin'
import { Changes } from '../../database/changes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Undefined without a response cache, which alone needs to know of every change. */
    changes: Changes | undefined
  }
}

/** Options of the plugin `changes`. */
export interface ChangesOptions {
  enabled: boolean
  /** Where to listen for notifications; undefined for where the pool connects. */
  listenUrl: string | undefined
}

/** Provides `app.changes`: listens for changes of the database. */
export const changes = fp<ChangesOptions>(
  async function changes(app, { enabled, listenUrl }) {
    const listener = enabled ? new Changes(app.pool, listenUrl, app.log) : undefined
    app.decorate('changes', listener)
    if (!listener) return
    listener.open()
    // Streams wait for changes: they wake up and see that the service closes.
    app.addHook('preClose', async () => listener.moved())
    app.addHook('onClose', () => listener.close())
  },
  { name: 'changes', dependencies: ['database', 'shutdown'] },
)
