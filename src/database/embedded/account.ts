import { execFile } from 'node:child_process'
import { chown, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { errorCode } from '../../error-code.ts'
import { OperationalError } from '../../operational-error.ts'
import { type ProgramOptions, runProgram } from './program.ts'

const execute = promisify(execFile)

/** The operating-system user that runs PostgreSQL's programs. */
export interface Account {
  /**
   * Runs a program to its end, as `runProgram` does.
   * @throws what `runProgram` throws; OperationalError if root cannot run the program as this user.
   */
  run(program: string, args: string[], options?: RunOptions): Promise<void>
  /** Makes the user the owner of a file or folder. */
  giveOwnership(path: string): Promise<void>
}

/** How a program is run; its user is that of the account. */
type RunOptions = Pick<ProgramOptions, 'cwd' | 'signal'>

interface User {
  uid: number
  gid: number
}

/**
 * Decides which user runs PostgreSQL: the user who started the service. PostgreSQL refuses to run as root, so instead of root,
 * the owner of the cluster runs it, or `nobody` for a new cluster. If this user cannot enter the folders that lead to the cluster
 * and to the programs (such as /root, or a folder that `mktemp -d` has created), the programs keep root's capability to bypass file
 * permissions.
 * @throws OperationalError if the cluster belongs to root, or if there is no user `nobody` for a new one.
 */
export async function chooseAccount(cluster: string, programs: string[]): Promise<Account> {
  if (process.getuid?.() !== 0)
    return {
      run: runProgram,
      giveOwnership: async () => {},
    }
  const user = (await readOwner(cluster)) ?? (await findNobody())
  const folders = await Promise.all(
    [cluster, ...programs].map((path) => findClosedFolder(dirname(path), user)),
  )
  const closedFolder = folders.find((folder) => folder !== undefined)
  return {
    giveOwnership: (path) => chown(path, user.uid, user.gid),
    run: (program, args, options) =>
      closedFolder === undefined
        ? runProgram(program, args, { ...options, ...user })
        : runWithCapability(closedFolder, user, [program, ...args], options),
  }
}

/**
 * Runs a command as a user who keeps root's capability to bypass file permissions.
 * @param closedFolder the folder that the user cannot enter otherwise, for the error message.
 */
async function runWithCapability(
  closedFolder: string,
  user: User,
  command: string[],
  options: RunOptions | undefined,
): Promise<void> {
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  // The last option makes the capability apply to access(2), too, by which PostgreSQL's programs find one another.
  const capability = [
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--securebits=+no_setuid_fixup',
  ]
  try {
    await runProgram('setpriv', [...identity, ...capability, ...command], options)
  } catch (error) {
    if (!isSetprivError(error)) throw error
    throw new OperationalError(
      `PostgreSQL does not run as root, and its user cannot enter ${closedFolder}: let the user enter that folder (chmod a+x), install setpriv (util-linux), run as an unprivileged user, or set DATABASE_URL`,
    )
  }
}

/** Whether setpriv itself failed: it is not installed, or root lacks the capability here. */
function isSetprivError(error: unknown): boolean {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  return errorCode(error) === 'ENOENT' || stderr.startsWith('setpriv:')
}

/** Returns the owner of a cluster; undefined if there is none. @throws OperationalError if the owner is root. */
async function readOwner(cluster: string): Promise<User | undefined> {
  const owner = await stat(join(cluster, 'PG_VERSION')).catch(() => undefined)
  if (owner?.uid !== 0) return owner && { uid: owner.uid, gid: owner.gid }
  throw new OperationalError(
    `${cluster} belongs to root, and PostgreSQL does not run as root: copy it with its owners (cp -a), or give it to another user (chown -R nobody '${cluster}')`,
  )
}

async function findNobody(): Promise<User> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, 'nobody'])))
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
  } catch {
    throw new OperationalError(
      "PostgreSQL does not run as root, and there is no user 'nobody' to run it: run as an unprivileged user, or set DATABASE_URL",
    )
  }
}

/** Returns the first folder, from the given one upwards, that the user may not enter; undefined if there is none. */
async function findClosedFolder(folder: string, user: User): Promise<string | undefined> {
  const { mode, uid, gid } = await stat(folder)
  const enterBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  if ((mode & enterBit) === 0) return folder
  const parent = dirname(folder)
  return parent === folder ? undefined : findClosedFolder(parent, user)
}
