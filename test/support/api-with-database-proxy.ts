import { type Api, startTestApi } from './api.ts'
import { type DatabaseProxy, openProxy } from './proxy.ts'

/** A service whose database connections lead through a proxy. */
export interface ApiWithDatabaseProxy {
  api: Api
  proxy: DatabaseProxy
  close(): Promise<void>
}

/** Opens the service with a proxy in front of its database. @param env environment variables of the service. */
export async function startApiWithDatabaseProxy(env: NodeJS.ProcessEnv = {}): Promise<ApiWithDatabaseProxy> {
  let proxy: DatabaseProxy | undefined
  const api = await startTestApi({
    env,
    connectVia: async (url) => {
      proxy = await openProxy(url)
      return proxy.url
    },
  })
  if (!proxy) throw new Error('the service was opened without its proxy')
  const opened = proxy
  return {
    api,
    proxy: opened,
    close: async () => {
      await api.close()
      opened.close()
    },
  }
}
