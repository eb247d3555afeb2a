import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isInstalled } from '../support/is-installed.ts'
import { freePort, getPort } from '../support/ports.ts'
import { readDeployed } from './files.ts'

/** Starts a server in place of the service. As pages do, its responses repeat the query in the header `Link`. */
async function openService(): Promise<number> {
  const server = createServer((request, response) => {
    const [, query] = request.url?.split('?') ?? []
    if (query !== undefined) response.setHeader('link', `<?${query}&cursor=WyJ>; rel="next"`)
    // What a service sends in addition to `Link`.
    response.setHeader('x-others', '.'.repeat(1000))
    response.end('{"status":"ok"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return getPort(server)
}

/** Starts a proxy with a configuration, and waits until it answers. */
async function startProxy(
  port: number,
  configuration: string,
  command: (file: string, folder: string) => string[],
  env: NodeJS.ProcessEnv = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'entente-proxy-'))
  const file = join(folder, 'configuration')
  await writeFile(file, configuration.replaceAll('FOLDER', folder))
  const [program = '', ...args] = command(file, folder)
  const proxy = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
  onTestFinished(async () => {
    proxy.kill()
    if (proxy.exitCode === null) await once(proxy, 'exit')
    await rm(folder, { recursive: true })
  })
  await expect.poll(() => statusOf(port, '/healthz').catch(() => 0)).toBe(200)
}

/** Sends a request with exactly this path. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', port, path, agent: false }).end()
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}

async function expectProtection(port: number) {
  for (const path of ['/metrics', '/metrics?x', '/%6Detrics', '/%6d%65trics?x'])
    expect(await statusOf(port, path), path).toBe(404)
  for (const length of [3000, 5000, 14_300]) {
    const path = `/v1/topics?q=${'a'.repeat(length)}`
    expect(await statusOf(port, path), `${length}`).toBe(200)
  }
}

it.skipIf(!isInstalled('haproxy', '-v'))(
  'HAProxy blocks /metrics, forwards long URLs, and hides the timeout of the service',
  async () => {
    const port = await freePort()
    const service = await openService()
    const configuration = readDeployed('haproxy/haproxy.cfg')
      .replace('bind :8080', `bind 127.0.0.1:${port}`)
      .replace('bind :5432', `bind 127.0.0.1:${await freePort()}`)
      .replace('bind :8405', `bind 127.0.0.1:${await freePort()}`)
      .replaceAll(':3000', `:${service}`)
    const names = ['POSTGRES1', 'POSTGRES2', 'POSTGRES3', 'SERVICE1', 'SERVICE2']
    const env = { ...Object.fromEntries(names.map((name) => [name, '127.0.0.1'])), RESOLVER: '127.0.0.1:53' }
    await startProxy(port, configuration, (file) => ['haproxy', '-db', '-f', file], env)
    await expectProtection(port)
    expect((await fetch(`http://127.0.0.1:${service}/healthz`)).headers.get('keep-alive')).toBe('timeout=5')
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).headers.get('keep-alive')).toBeNull()
  },
)

it.skipIf(!isInstalled('nginx', '-v'))('nginx blocks /metrics, and forwards long URLs', async () => {
  const port = await freePort()
  const service = await openService()
  const server = readDeployed('nginx/entente.conf')
    .replace('127.0.0.1:3000', `127.0.0.1:${service}`)
    .replace('listen 443 ssl http2', `listen 127.0.0.1:${port}`)
    .replace('listen 80', `listen 127.0.0.1:${await freePort()}`)
    .replaceAll(/ +(listen \[::\]|ssl_certificate).*\n/g, '')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path FOLDER/${name};`,
  )
  const configuration = `daemon off; pid FOLDER/pid; error_log FOLDER/errors;
    events {} http { access_log off; ${paths.join(' ')} ${server} }`
  await startProxy(port, configuration, (file, folder) => ['nginx', '-c', file, '-e', `${folder}/errors`])
  await expectProtection(port)
})
