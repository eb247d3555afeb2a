import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { adminKey } from '../support/app.ts'
import { run, runInProcess } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { freePort } from '../support/ports.ts'

/** Standard output that cannot be written, as on a full disk, and a reader that has closed the pipe. */

vi.setConfig({ testTimeout: 60_000 })

const runWithFullDisk = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  run(args, env, { outputFile: '/dev/full' }).ended

describe.runIf(process.platform === 'linux')('a command whose output cannot be written', () => {
  it('fails, and writes one line with the reason to stderr', async () => {
    const { code, stderr } = await runWithFullDisk(['help'])
    expect(stderr).toMatch(/^entente: the output cannot be written: no space left on device\n$/)
    expect(code).toBe(1)
  })

  it('names the key that it has created and that nobody has seen', async () => {
    const { url, close } = await openTestDatabase()
    onTestFinished(close)
    const create = ['key', 'create', '--name', 'Unseen', '--role', 'reader']
    const { code, stderr } = await runWithFullDisk(create, { DATABASE_URL: url })
    const [, prefix] =
      /no space left on device; nobody has seen the new key, so revoke it: .* (ent_\w+)\n$/.exec(stderr) ?? []
    expect(code).toBe(1)
    expect(await runInProcess(['key', 'list'], { DATABASE_URL: url })).toMatch(new RegExp(`^${prefix} `))
  })
})

it.runIf(process.platform === 'linux')(
  'a service whose log cannot be written answers requests, and ends with code 0 on SIGTERM',
  async () => {
    const { url, close } = await openTestDatabase()
    onTestFinished(close)
    const port = await freePort()
    const env = { PORT: `${port}`, DATABASE_URL: url, ADMIN_KEY: adminKey }
    const service = run(['serve'], env, { outputFile: '/dev/full' })
    const status = () =>
      fetch(`http://127.0.0.1:${port}/v1/topics/energy`).then(
        (response) => response.status,
        () => 0,
      )
    await expect.poll(status, { timeout: 30_000 }).toBe(200)
    // Each request writes a line.
    for (let times = 0; times < 5; times += 1) expect(await status()).toBe(200)
    service.signal('SIGTERM')
    const { code, stderr } = await service.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  },
)

/** Runs a command whose reader has closed the pipe. */
async function runWithClosedPipe(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
    env: { ...process.env, ...env },
  })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stderr }
}

describe('a command whose output pipe the reader has closed', () => {
  it('succeeds', async () => {
    expect(await runWithClosedPipe(['help'])).toEqual({ code: 0, stderr: '' })
  })

  it('fails if it has created a key, and names the key that nobody has seen', async () => {
    const { url, close } = await openTestDatabase()
    onTestFinished(close)
    const create = ['key', 'create', '--name', 'Unseen', '--role', 'reader']
    const { code, stderr } = await runWithClosedPipe(create, { DATABASE_URL: url })
    expect(stderr).toMatch(
      /^entente: .*broken pipe; nobody has seen the new key, so revoke it: .* ent_\w+\n$/,
    )
    expect(code).toBe(1)
  })
})
