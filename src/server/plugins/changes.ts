import fp from 'fastify-plugin'
import { Changes } from '../../database/changes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Undefined without a response cache, which alone needs to know of every change. */
    changes: Changes | undefined
  }
}

/** Provides `app.changes`: listens for changes of the database. */
export const changes = fp<{ enabled: boolean }>(
  async function changes(app, { enabled }) {
    const listener = enabled ? new Changes(app.database, app.log) : undefined
    app.decorate('changes', listener)
    if (!listener) return
    listener.open()
    // Streams wait for changes: they wake up and see that the service closes.
    app.addHook('preClose', async () => listener.moved())
    app.addHook('onClose', () => listener.close())
  },
  { name: 'changes', dependencies: ['database', 'shutdown'] },
)
