import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hasCluster, openCluster } from '../../src/database/embedded/cluster.ts'
import { ensureDataDir } from '../../src/database/embedded/folder.ts'
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'
import { ensureStarted, stop } from '../../src/database/embedded/postmaster.ts'
import { usableMemory } from '../../src/database/embedded/server-settings.ts'
import { acquireSharedLock, releaseSharedLock } from '../../src/database/embedded/shared-lock.ts'
import { OperationalError } from '../../src/operational-error.ts'
import { superuserUrl } from '../support/superuser.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'
import { withClient } from '../support/with-client.ts'

const isRoot = process.getuid?.() === 0
const isLinux = process.platform === 'linux'
const settings = ['fsync=off']

/** Tells whether any user can enter a folder: the folder and all its parents are executable by others. */
function isOpenToOthers(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false
  return dirname(folder) === folder || isOpenToOthers(dirname(folder))
}

describe('the embedded PostgreSQL', () => {
  // Most tests share a cluster, since initdb takes a second. Each test leaves it stopped.
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'entente-embedded-'))
    const database = await openEmbeddedDatabase(folder, settings)
    await query(database.url, 'create table kept as select 42 as answer')
    await database.close()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const query = async (url: string, statement: string): Promise<unknown[]> =>
    (await withClient(url, (client) => client.query(statement))).rows

  const pid = async () => Number.parseInt(await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8'), 10)
  const isRunning = async () => (await readdir(join(folder, 'postgres'))).includes('postmaster.pid')

  it('keeps its data across a restart', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    try {
      expect(await query(database.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    } finally {
      await database.close()
    }
    expect(await isRunning()).toBe(false)
  })

  it('while it runs, has its URL in a file that only its owner may read', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    const file = join(folder, 'url')
    try {
      expect(await readFile(file, 'utf8')).toBe(`${database.url}\n`)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    } finally {
      await database.close()
    }
    await expect(stat(file)).rejects.toThrow('ENOENT')
  })

  it('leaves the file with its URL unchanged when it is opened again while it runs', async () => {
    const file = join(folder, 'url')
    const first = await openEmbeddedDatabase(folder, settings)
    const { ino } = await stat(file)
    const second = await openEmbeddedDatabase(folder, settings)
    expect((await stat(file)).ino).toBe(ino)
    await second.close()
    await first.close()
  })

  it('refuses a folder in the place of the file with its URL, leaves no file, and stops', async () => {
    const file = join(folder, 'url')
    await mkdir(file)
    onTestFinished(() => rm(file, { recursive: true }))
    const before = await readdir(folder)
    const refusal = openEmbeddedDatabase(folder, settings)
    await expect(refusal).rejects.toThrow(`${file} cannot be written: illegal operation on a directory`)
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
    expect(await readdir(folder)).toEqual(before)
    expect(await isRunning()).toBe(false)
  })

  it('stops if its database cannot be prepared', async () => {
    const ownFolder = await makeTemporaryFolder('unprepared')
    const database = await openEmbeddedDatabase(ownFolder, settings)
    const url = await superuserUrl(ownFolder, database.url)
    await query(url, 'alter database entente owner to postgres')
    await query(url, 'alter database entente allow_connections false')
    await database.close()
    await expect(openEmbeddedDatabase(ownFolder, settings)).rejects.toThrow('not currently accepting')
    expect(await readdir(join(ownFolder, 'postgres'))).not.toContain('postmaster.pid')
  })

  it('stops if it refuses the stored password', async () => {
    const ownFolder = await makeTemporaryFolder('password')
    await (await openEmbeddedDatabase(ownFolder, settings)).close()
    await writeFile(join(ownFolder, 'postgres/password'), 'another')
    await expect(openEmbeddedDatabase(ownFolder, settings)).rejects.toThrow('password authentication failed')
    expect(await readdir(join(ownFolder, 'postgres'))).not.toContain('postmaster.pid')
  })

  it('stops if its role cannot be created', async () => {
    const ownFolder = await makeTemporaryFolder('read-only')
    const opening = openEmbeddedDatabase(ownFolder, [...settings, 'default_transaction_read_only=on'])
    await expect(opening).rejects.toThrow('cannot execute CREATE ROLE in a read-only transaction')
    expect(await readdir(join(ownFolder, 'postgres'))).not.toContain('postmaster.pid')
  })

  it('uses UTF-8, lowercases non-ASCII letters, and uses UTC on every machine', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    try {
      const rows = await query(
        database.url,
        "select lower('ÉÑČ') as low, current_setting('TimeZone') as zone",
      )
      expect(rows).toEqual([{ low: 'éñč', zone: 'UTC' }])
    } finally {
      await database.close()
    }
  })

  it('has `shared_buffers` of a quarter of the memory, up to 4 GB', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    try {
      const [row] = await query(
        database.url,
        "select setting::float8 * 8192 as bytes from pg_settings where name = 'shared_buffers'",
      )
      const expected = Math.min(usableMemory() / 4, 4 * 1024 ** 3)
      expect(row).toEqual({ bytes: expect.closeTo(expected, -7) })
    } finally {
      await database.close()
    }
  })

  it('is shared when it is opened several times at the same time, and stopped by the last close', async () => {
    const databases = await Promise.all([1, 2, 3].map(() => openEmbeddedDatabase(folder, settings)))
    const [first, second, third] = databases
    expect(new Set(databases.map(({ url }) => url)).size).toBe(1)
    await first?.close()
    expect(await query(second?.url ?? '', 'select answer from kept')).toEqual([{ answer: 42 }])
    await Promise.all([second?.close(), third?.close()])
    expect(await isRunning()).toBe(false)
  })

  it('counts as started by only one of several starts at the same time', async () => {
    const cluster = await openCluster(folder)
    const servers = await Promise.all([1, 2, 3].map(() => ensureStarted(cluster, settings)))
    onTestFinished(() => stop(cluster))
    expect(new Set(servers.map(({ port }) => port)).size).toBe(1)
    const isStartedHere = await Promise.all(servers.map((server) => server.isStartedHere))
    expect(isStartedHere.filter(Boolean)).toEqual([true])
    expect(await (await ensureStarted(cluster, settings)).isStartedHere).toBe(false)
  })

  it('releases its lock without error if the server ends the connection meanwhile', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    const lock = await acquireSharedLock(await superuserUrl(folder, database.url))
    const { rows } = (await lock?.client.query('select pg_backend_pid() as pid')) ?? { rows: [] }
    // The backend is suspended while the release sends its statement. When the backend continues, it handles SIGTERM first, as in
    // a shutdown by another process.
    process.kill(rows[0].pid, 'SIGSTOP')
    const stop = vi.fn()
    const released = lock && releaseSharedLock(lock, stop)
    process.kill(rows[0].pid, 'SIGTERM')
    process.kill(rows[0].pid, 'SIGCONT')
    await released
    expect(stop).not.toHaveBeenCalled()
    await database.close()
  })

  it('is used without TLS, also if the environment requires TLS for other servers', async () => {
    vi.stubEnv('PGSSLMODE', 'require')
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const database = await openEmbeddedDatabase(folder, settings)
    onTestFinished(() => database.close())
    expect(await query(database.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  it('releases its lock without error after the connection was lost', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    onTestFinished(() => database.close())
    const lock = await acquireSharedLock(database.url)
    if (!lock) throw new Error('the lock is not free')
    await lock.client.query('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
    await lock.lost
    const stop = vi.fn()
    expect(await releaseSharedLock(lock, stop)).toBe(false)
    expect(stop).not.toHaveBeenCalled()
  })

  it('is stopped by a close while it recovers from a crash of one of its processes', async () => {
    const database = await openEmbeddedDatabase(folder, settings)
    const connect = async () => {
      const client = new pg.Client({ connectionString: database.url })
      client.on('error', () => {})
      await client.connect()
      return client
    }
    const [victim, witness] = [await connect(), await connect()]
    const { rows } = await victim.query('select pg_backend_pid() as pid')
    // PostgreSQL ends all other connections when it notices the crash. A shutdown at the same moment may never end in version 18.
    const noticed = new Promise<void>((resolve) => {
      witness.once('end', resolve)
    })
    process.kill(rows[0].pid, 'SIGKILL')
    await noticed
    await database.close()
    expect(await isRunning()).toBe(false)
  })

  it('is stopped immediately if one of its processes does not end, and keeps its data', async () => {
    const cluster = await openCluster(folder)
    // A server ends its archiver last, and waits for the command of the archiver.
    await ensureStarted(cluster, [...settings, 'archive_mode=on', "archive_command='sleep 3600'"])
    const onImmediateStop = vi.fn()
    await stop(cluster, { timeoutMs: 200, onImmediateStop })
    expect(onImmediateStop).toHaveBeenCalledOnce()
    expect(await isRunning()).toBe(false)
    const database = await openEmbeddedDatabase(folder, settings)
    onTestFinished(() => database.close())
    expect(await query(database.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  it('is taken over from a killed process, and stopped by the new one', async () => {
    const holder = spawn(process.execPath, ['--import', 'tsx', 'test/support/hold-embedded.ts', folder])
    const [line] = await once(holder.stdout, 'data')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const database = await openEmbeddedDatabase(folder, settings)
    expect(`${database.url}\n`).toBe(String(line))
    // PostgreSQL notices with a delay that the killed process is gone.
    const superuser = await superuserUrl(folder, database.url)
    const lockConnections = "select from pg_stat_activity where application_name = 'entente shared lock'"
    await expect.poll(async () => (await query(superuser, lockConnections)).length).toBe(1)
    await database.close()
    expect(await isRunning()).toBe(false)
  })

  it('starts once when it is opened several times after PostgreSQL itself was killed', async () => {
    const killed = await openEmbeddedDatabase(folder, settings)
    process.kill(await pid(), 'SIGKILL')
    const databases = await Promise.all([1, 2, 3].map(() => openEmbeddedDatabase(folder, settings)))
    expect(new Set(databases.map(({ url }) => url)).size).toBe(1)
    for (const database of databases) {
      expect(await query(database.url, 'select answer from kept')).toEqual([{ answer: 42 }])
      await database.close()
    }
    await killed.close()
  })

  it.runIf(isLinux)(
    'starts at its former port if another program has the process id of its crashed server',
    async () => {
      const crashed = await openEmbeddedDatabase(folder, settings)
      const lockFile = join(folder, 'postgres/postmaster.pid')
      const [, ...lines] = (await readFile(lockFile, 'utf8')).split('\n')
      await crashed.close()
      await writeFile(lockFile, [process.pid, ...lines].join('\n'))
      const database = await openEmbeddedDatabase(folder, settings)
      await database.close()
      expect(database.url).toBe(crashed.url)
      expect(await isRunning()).toBe(false)
    },
  )

  it('refuses data of another PostgreSQL version in one line that names both versions', async () => {
    const file = join(folder, 'postgres/PG_VERSION')
    const version = await readFile(file, 'utf8')
    await writeFile(file, '14\n')
    try {
      const refusal = openEmbeddedDatabase(folder, settings)
      await expect(refusal).rejects.toThrow(
        /^[^\n]*initialized by PostgreSQL version 14[^\n]*version 18[^\n]*$/,
      )
      await expect(refusal).rejects.toBeInstanceOf(OperationalError)
    } finally {
      await writeFile(file, version)
    }
  })

  it.runIf(isRoot && isLinux)(
    'runs as an unprivileged user when root starts it, in a folder that only root may enter',
    async () => {
      await chmod(folder, 0o700)
      const database = await openEmbeddedDatabase(folder, settings)
      try {
        expect((await stat(`/proc/${await pid()}`)).uid).not.toBe(0)
      } finally {
        await database.close()
      }
    },
  )

  it.runIf(isRoot && isLinux && isOpenToOthers(process.cwd()))(
    'keeps no capability of root if the user that it runs as can enter all folders',
    async () => {
      await chmod(folder, 0o755)
      const database = await openEmbeddedDatabase(folder, settings)
      try {
        const status = await readFile(`/proc/${await pid()}/status`, 'utf8')
        expect(status).toMatch(/^CapEff:\s+0+$/m)
      } finally {
        await database.close()
        await chmod(folder, 0o700)
      }
    },
  )
})

describe('a folder for the embedded PostgreSQL', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'entente-embedded-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is created with its parents when it is created 20 times at the same time', async () => {
    const nested = join(folder, 'a/b/c')
    await Promise.all(Array.from({ length: 20 }, () => ensureDataDir(nested)))
    expect((await stat(nested)).isDirectory()).toBe(true)
  })

  it('is refused when a file is in its place', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const refusal = openEmbeddedDatabase(file)
    await expect(refusal).rejects.toThrow(`DATA_DIR ${file} cannot be written: a file is in its place`)
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
  })

  it.skipIf(isRoot)('is refused when it cannot be written', async () => {
    const closed = join(folder, 'closed')
    await mkdir(closed, { mode: 0o555 })
    await expect(openEmbeddedDatabase(closed)).rejects.toThrow(
      `${closed} cannot be written: permission denied`,
    )
  })

  it.runIf(isLinux)('is refused without a hang if the file system cannot create folders', async () => {
    const refusal = openEmbeddedDatabase('/proc/x/data')
    await expect(refusal).rejects.toThrow(/^DATA_DIR \/proc\/x\/data cannot be written: .* \/proc$/)
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
  })

  it('is refused when its subfolder `postgres` contains something else', async () => {
    const other = join(folder, 'other')
    await mkdir(join(other, 'postgres/something'), { recursive: true })
    await expect(openEmbeddedDatabase(other)).rejects.toThrow(/is not a data folder of PostgreSQL: move/)
  })

  it('is not mistaken for one without a database when it cannot be read', async () => {
    const loop = join(folder, 'loop')
    await mkdir(loop)
    await symlink('postgres', join(loop, 'postgres'))
    const message = `${loop}/postgres cannot be read: too many symbolic links encountered`
    await expect(openEmbeddedDatabase(loop)).rejects.toThrow(message)
    await expect(hasCluster(loop)).rejects.toThrow(message)
  })

  it.skipIf(isRoot)('is refused with the user id of the owner when its database cannot be read', async () => {
    const closed = join(folder, 'unreadable')
    await mkdir(join(closed, 'postgres'), { recursive: true })
    await chmod(join(closed, 'postgres'), 0)
    onTestFinished(() => chmod(join(closed, 'postgres'), 0o700))
    await expect(hasCluster(closed)).rejects.toThrow(
      `${closed}/postgres, which belongs to the user ${process.getuid?.()}, cannot be read: permission denied`,
    )
  })

  it('is accepted if its name has characters that a shell interprets', async () => {
    const other = join(folder, '"a" $b `c` \\d \'é;*')
    const database = await openEmbeddedDatabase(other, settings)
    await database.close()
    expect(await readdir(other)).toEqual(['postgres'])
  })

  it('is initialized again after an interrupted initialization', async () => {
    const interrupted = join(folder, 'interrupted')
    await mkdir(join(interrupted, 'postgres.new-abc123/cluster/base'), { recursive: true })
    await writeFile(join(interrupted, 'postgres.new-abc123/cluster/PG_VERSION'), '18\n')
    const database = await openEmbeddedDatabase(interrupted, settings)
    await database.close()
    expect(await readdir(interrupted)).toEqual(['postgres'])
  })
})
