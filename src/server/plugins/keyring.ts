import fp from 'fastify-plugin'
import { type Keyring, openKeyring } from '../../database/keyring.ts'

declare module 'fastify' {
  interface FastifyInstance {
    keyring: Keyring
  }
}

/** Provides `app.keyring`: the API keys of the database, held in memory. */
export const keyring = fp(
  async function keyring(app) {
    const keys = openKeyring(app.database)
    app.addHook('onClose', keys.close)
    app.decorate('keyring', keys)
  },
  { name: 'keyring', dependencies: ['database'] },
)
