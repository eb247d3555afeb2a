import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { type Run, run } from '../support/command-line.ts'
import { asAdministrator, fetchText, waitUntil } from './service.ts'

/** The embedded PostgreSQL stops, or cannot write, while the service runs. */

const execute = promisify(execFile)
const isRoot = process.getuid?.() === 0 && process.platform === 'linux'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-supervised-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function openService(dataDir: string): Promise<{ service: Run; origin: string }> {
  const service = run(['serve'], {
    PORT: '0',
    DATA_DIR: dataDir,
    ADMIN_KEY: adminKey,
    SEED: 'reference',
    LOG_LEVEL: 'error',
  })
  const [origin = ''] = /http:\S+/.exec(await service.firstLine) ?? []
  return { service, origin }
}

const get = (origin: string, path: string) => fetchText(`${origin}${path}`, {})

let lastWriteNumber = 0
async function write(origin: string) {
  lastWriteNumber += 1
  const body = JSON.stringify({ slug: `written-${lastWriteNumber}`, name: 'x'.repeat(200), scheme: 'domain' })
  return fetchText(`${origin}/v1/topics`, { method: 'POST', headers: asAdministrator, body })
}

const readPostmasterPid = async (dataDir: string) =>
  Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)

/**
 * Returns the ids of the child processes of a PostgreSQL server that serve a connection: their titles name the user and the
 * database.
 */
async function findBackends(postmasterPid: number): Promise<number[]> {
  const { stdout } = await execute('ps', ['-o', 'pid=,args=', '--ppid', String(postmasterPid)])
  return stdout
    .split('\n')
    .filter((line) => line.includes('entente entente'))
    .map((line) => Number.parseInt(line, 10))
}

/**
 * Waits until the service is ready, and reads, writes and cache hits succeed. Until then, a response that is not a success
 * must be a 503 with Retry-After.
 */
async function waitForRecovery(origin: string): Promise<void> {
  const statuses = new Set<number | undefined>()
  await waitUntil(async () => {
    const responses = await Promise.all([
      get(origin, '/readyz'),
      get(origin, '/v1/topics?limit=1'),
      write(origin),
    ])
    for (const response of responses) {
      statuses.add(response?.status)
      if (response?.status === 503) expect(response.headers.get('retry-after')).toMatch(/^[1-9]/)
    }
    return responses.every((response) => response !== undefined && response.status < 300)
  }, 60_000)
  expect([...statuses].filter((status) => ![200, 201, 503].includes(status ?? 0))).toEqual([])
  const isHit = async () =>
    (await get(origin, '/v1/topics?limit=2'))?.headers.get('cache-status')?.endsWith('hit') ?? false
  await waitUntil(isHit, 20_000)
}

describe('the embedded PostgreSQL', () => {
  it('is restarted after a kill, and the service continues without a restart', async () => {
    const { service, origin } = await openService(folder)
    for (let times = 0; times < 2; times += 1) {
      const killedPid = await readPostmasterPid(folder)
      process.kill(killedPid, 'SIGKILL')
      await waitUntil(async () => (await get(origin, '/readyz'))?.status === 503, 10_000)
      // The supervisor may not have noticed the failure yet, or may have restarted PostgreSQL already.
      const expectedText =
        /connection to the embedded PostgreSQL was lost|database cannot be reached|"status":"ok"/
      expect((await get(origin, '/readyz'))?.text).toMatch(expectedText)
      expect((await get(origin, '/healthz'))?.status).toBe(200)
      await waitForRecovery(origin)
      expect(await readPostmasterPid(folder)).not.toBe(killedPid)
    }
    // The last write is stored, and the last process that uses PostgreSQL stops it.
    expect((await get(origin, `/v1/topics/written-${lastWriteNumber}`))?.status).toBe(200)
    service.signal('SIGTERM')
    expect((await service.ended).code).toBe(0)
    expect(await readdir(join(folder, 'postgres'))).not.toContain('postmaster.pid')
  })

  it('recovers after a kill of one of its processes, and the service continues', async () => {
    const { origin } = await openService(folder)
    await waitForRecovery(origin)
    const postmasterPid = await readPostmasterPid(folder)
    const [backend] = await findBackends(postmasterPid)
    if (backend === undefined) throw new Error('PostgreSQL serves no connection')
    process.kill(backend, 'SIGKILL')
    await waitForRecovery(origin)
    expect(await readPostmasterPid(folder)).toBe(postmasterPid)
  })

  it.runIf(isRoot)('is restarted when a full disk has free space again [needs root on Linux]', async () => {
    const disk = join(folder, 'disk')
    await execute('mkdir', [disk])
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=755', 'tmpfs', disk])
    try {
      const { service, origin } = await openService(disk)
      await waitForRecovery(origin)
      const filler = join(disk, 'filler')
      await writeFile(filler, Buffer.alloc(120 * 2 ** 20)).catch(() => {})
      process.kill(await readPostmasterPid(disk), 'SIGKILL')
      const isReported = async () =>
        (await get(origin, '/readyz'))?.text.includes('cannot be started') ?? false
      await waitUntil(isReported, 30_000)
      expect((await get(origin, '/healthz'))?.status).toBe(200)
      const report = (await get(origin, '/readyz'))?.text
      expect(report).toContain('DATA_DIR/postgres')
      expect(report).not.toContain(disk)
      await rm(filler)
      await waitForRecovery(origin)
      service.signal('SIGTERM')
      await service.ended
    } finally {
      await execute('umount', [disk])
    }
  })
})
