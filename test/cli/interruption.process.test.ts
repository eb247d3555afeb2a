import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run, runInProcess } from '../support/command-line.ts'

/**
 * SIGINT (Ctrl-C) and SIGTERM while the first start creates its database. Each test except the last
 * continues in the folder that the previous one left.
 */

vi.setConfig({ testTimeout: 60_000 })

/** Stopping takes less than a second on an idle machine. */
const stopTimeoutMs = 10_000

let parent: string
let folder: string
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'entente-interruption-'))
  folder = join(parent, 'data')
  // tsx compiles and caches the modules here, since it cannot compile any after a signal to its process group.
  const command = ['--import', 'tsx', 'src/cli/main.ts', 'openapi', '--out', join(parent, 'openapi.json')]
  await promisify(execFile)(process.execPath, command)
})
afterAll(() => rm(parent, { recursive: true, force: true }))

/** Returns the command lines of running processes that name the folder. */
async function processesOfFolder(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(folder))
}

const start = (dataFolder = folder) => run([], { PORT: '0', DATA_DIR: dataFolder, SEED: 'all' })

/** Whether the folder has a cluster that initdb has not completed. */
const hasUnfinishedCluster = async () =>
  existsSync(folder) && (await readdir(folder)).some((name) => name.startsWith('postgres.new-'))

describe.runIf(process.platform === 'linux')('a first start that is interrupted', () => {
  it.each<[string, () => Promise<boolean> | boolean, NodeJS.Signals, number]>([
    ['initdb runs', hasUnfinishedCluster, 'SIGINT', 130],
    ['initdb runs', hasUnfinishedCluster, 'SIGTERM', 143],
    ['PostgreSQL starts', () => existsSync(join(folder, 'postgres/postmaster.pid')), 'SIGINT', 130],
    ['the schema is created', () => existsSync(join(folder, 'url')), 'SIGINT', 130],
  ])('while %s does not continue, and leaves no process (%#)', async (_, isReached, signal, exitCode) => {
    const service = start()
    await expect.poll(isReached, { interval: 2, timeout: 30_000 }).toBe(true)
    const startedAt = performance.now()
    service.signal(signal)
    // Without a startup message on stdout, the start did not continue.
    expect(await service.ended).toEqual({ code: exitCode, stdout: '', stderr: '' })
    expect(performance.now() - startedAt).toBeLessThan(stopTimeoutMs)
    expect(await processesOfFolder()).toEqual([])
    expect(await hasUnfinishedCluster()).toBe(false)
    expect(existsSync(join(folder, 'postgres/postmaster.pid'))).toBe(false)
  })
})

describe('a start with only a data folder', () => {
  it('creates a database and a key, shows the key only the first time, and stops on Ctrl-C', async () => {
    const keyFile = join(folder, 'admin-key')
    const first = start()
    const line = await first.firstLine
    const key = (await readFile(keyFile, 'utf8')).trim()
    expect(line).toContain(key)
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    const [address] = /http:\S+/.exec(line) ?? []
    const response = await fetch(`${address}/v1/agreements?limit=1`)
    expect(await response.json()).toMatchObject({ data: [{ id: expect.any(String) }] })
    first.signal('SIGINT')
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await readdir(join(folder, 'postgres'))).not.toContain('postmaster.pid')

    const second = start()
    const laterLine = await second.firstLine
    expect(laterLine).toContain(keyFile)
    expect(laterLine).not.toContain(key)
    expect(await runInProcess(['key', 'list'], { DATA_DIR: folder })).toMatch(/There are no keys/)
    second.signal('SIGTERM')
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('creates one key if two processes start at the same time', async () => {
    const shared = join(parent, 'shared')
    const services = [start(shared), start(shared)]
    const lines = await Promise.all(services.map(({ firstLine }) => firstLine))
    const key = (await readFile(join(shared, 'admin-key'), 'utf8')).trim()
    for (const line of lines) {
      const [address] = /http:\S+/.exec(line) ?? []
      const response = await fetch(`${address}/v1/actor`, { headers: { authorization: `Bearer ${key}` } })
      expect(response.status).toBe(200)
    }
    expect(lines.filter((line) => line.includes('shown only now')).map((line) => line.endsWith(key))).toEqual(
      [true],
    )
  })
})
