import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../error-code.ts'
import { failure, OperationalError } from '../../operational-error.ts'
import { type Account, chooseAccount } from './account.ts'
import { ensureDataDir } from './folder.ts'
import { findPrograms, type Programs } from './programs.ts'
import { superuser } from './service-role.ts'

/** A PostgreSQL cluster: its data folder, and what is needed to start and stop its server. */
export interface Cluster {
  path: string
  /** Password of the superuser. */
  password: string
  account: Account
  programs: Programs
}

/** Prefix of the temporary folders in which clusters are initialized. */
const temporaryPrefix = 'postgres.new-'

const initdbOptions = [
  `--username=${superuser}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // This locale provider comes with PostgreSQL, so texts are lowercased in the same way on every machine.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
  '--no-instructions',
  '--set=listen_addresses=127.0.0.1',
  '--set=unix_socket_directories=',
  '--set=timezone=UTC',
  '--set=log_timezone=UTC',
  // The log is only needed to find out why the server did not start. The service itself reports statements that fail.
  '--set=log_min_messages=fatal',
]

/**
 * Opens the cluster `postgres` in a folder. Creates folder and cluster if they are missing.
 * @throws OperationalError if they cannot be created or used; the reason of `signal` if it aborts before the cluster is created.
 */
export async function openCluster(folder: string, signal?: AbortSignal): Promise<Cluster> {
  const path = join(folder, 'postgres')
  const programs = await findPrograms()
  await ensureDataDir(folder)
  const account = await chooseAccount(path, [programs.initdb, programs.pg_ctl])
  if (!(await isCluster(path))) await createCluster(folder, path, account, programs, signal)
  await removeTemporary(folder)
  return { path, account, programs, password: await readPassword(path) }
}

/** Whether a folder is a cluster. @throws OperationalError if the folder cannot be read, such as that of another user. */
async function isCluster(path: string): Promise<boolean> {
  try {
    await stat(join(path, 'PG_VERSION'))
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false
    const owner = await stat(path).catch(() => undefined)
    throw failure(`${path}${owner ? `, which belongs to the user ${owner.uid},` : ''} cannot be read`, error)
  }
}

/**
 * Whether a folder has the cluster of an embedded PostgreSQL.
 * @throws OperationalError if the folder of the cluster cannot be read.
 */
export const hasCluster = (folder: string): Promise<boolean> => isCluster(join(folder, 'postgres'))

/**
 * Initializes the cluster in a temporary folder and moves it into place when it is complete, so that an interruption leaves
 * nothing that a later start would mistake for a cluster.
 */
async function createCluster(
  folder: string,
  path: string,
  account: Account,
  { initdb }: Programs,
  signal?: AbortSignal,
): Promise<void> {
  if (existsSync(path))
    throw new OperationalError(`${path} is not a data folder of PostgreSQL: move it away, or set DATA_DIR`)
  const temporary = await mkdtemp(join(folder, temporaryPrefix))
  try {
    const passwordFile = join(temporary, 'password')
    const clusterFolder = join(temporary, 'cluster')
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    await Promise.all([account.giveOwnership(temporary), account.giveOwnership(passwordFile)])
    await account.run(initdb, ['-D', clusterFolder, '--pwfile', passwordFile, ...initdbOptions], { signal })
    await rename(passwordFile, join(clusterFolder, 'password'))
    await rename(clusterFolder, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 })
    signal?.throwIfAborted()
    // Another process that started at the same time may have created the cluster first.
    if (!(await isCluster(path)))
      throw failure(`PostgreSQL's data folder cannot be created at ${path}`, error)
  }
}

/**
 * Removes the temporary folders: of this initialization, and of others that were interrupted or are still running. The cluster
 * exists, so none of them is needed.
 */
async function removeTemporary(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(temporaryPrefix))
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
