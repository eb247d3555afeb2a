import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartupError } from '../../startup-error.ts'
import { type Account, chooseAccount } from './account.ts'
import { failure } from './failure.ts'
import { ensureFolder } from './folder.ts'
import { findPrograms, type Programs } from './programs.ts'

/** PostgreSQL's data, with what it takes to start and stop the server that serves them. */
export interface Cluster {
  path: string
  password: string
  account: Account
  programs: Programs
}

const unfinished = 'postgres.new-'

const initialisation = [
  '--username=entente',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // This provider comes with PostgreSQL, so names are lowered in the same way on every machine.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
  '--no-instructions',
  '--set=listen_addresses=127.0.0.1',
  '--set=unix_socket_directories=',
  '--set=timezone=UTC',
  '--set=log_timezone=UTC',
  // The log is for why the server did not start; what fails in a statement, the service reports itself.
  '--set=log_min_messages=fatal',
]

/** Opens the cluster `postgres` in a folder, and makes both first when there are none, unless `signal` is aborted. */
export async function openCluster(folder: string, signal?: AbortSignal): Promise<Cluster> {
  const path = join(folder, 'postgres')
  const programs = await findPrograms()
  await ensureFolder(folder)
  const account = await chooseAccount(path, [programs.initdb, programs.pg_ctl])
  if (!isCluster(path)) await makeCluster(folder, path, account, programs, signal)
  await removeUnfinished(folder)
  return { path, account, programs, password: await readPassword(path) }
}

const isCluster = (path: string) => existsSync(join(path, 'PG_VERSION'))

/** Whether there is a cluster `postgres` in a folder. */
export const hasCluster = (folder: string): boolean => isCluster(join(folder, 'postgres'))

/**
 * Initialises the cluster aside and moves it into place when it is complete, so that an interruption leaves nothing
 * that a later start would take for a cluster.
 */
async function makeCluster(
  folder: string,
  path: string,
  account: Account,
  { initdb }: Programs,
  signal?: AbortSignal,
): Promise<void> {
  if (existsSync(path))
    throw new StartupError(`${path} is not PostgreSQL's data: move it away, or set DATA_DIR`)
  const aside = await mkdtemp(join(folder, unfinished))
  try {
    const password = join(aside, 'password')
    const fresh = join(aside, 'cluster')
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
    await Promise.all([account.own(aside), account.own(password)])
    await account.run(initdb, ['-D', fresh, '--pwfile', password, ...initialisation], signal)
    await rename(password, join(fresh, 'password'))
    await rename(fresh, path)
  } catch (error) {
    await rm(aside, { recursive: true, force: true, maxRetries: 3 })
    signal?.throwIfAborted()
    // Another process that started at the same moment may have been quicker.
    if (!isCluster(path)) throw failure(`PostgreSQL's data cannot be made in ${path}`, error)
  }
}

/** Removes what interrupted initialisations left behind; one that is still under way elsewhere has lost the race. */
async function removeUnfinished(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(unfinished))
  await Promise.allSettled(
    leftovers.map((name) => rm(join(folder, name), { recursive: true, maxRetries: 3 })),
  )
}

async function readPassword(path: string): Promise<string> {
  const file = join(path, 'password')
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw failure(`the password of the embedded PostgreSQL cannot be read from ${file}`, error)
  }
}
