import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseAccount } from '../../src/database/embedded/account.ts'
import { OperationalError } from '../../src/operational-error.ts'

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
  'PostgreSQL that root starts',
  () => {
    let folder: string
    let program: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'entente-account-'))
      program = join(folder, 'bin/program')
      await mkdir(join(folder, 'bin'))
      // Fails unless it runs as an unprivileged user for whom access(2) reports that the program is executable.
      await writeFile(program, '#!/bin/sh\ntest "$(id -u)" -ne 0 && test -x "$0"\n', { mode: 0o755 })
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    it.each([
      ['everybody', 0o755],
      ['only root', 0o700],
    ])(
      'runs as an unprivileged user who can run its programs in a folder that %s may enter',
      async (_, mode) => {
        await chmod(folder, mode)
        const account = await chooseAccount(join(folder, 'postgres'), [program])
        await expect(account.run(program, [])).resolves.toBeUndefined()
      },
    )

    it('runs without capabilities in a folder that only the owner of the cluster may enter', async () => {
      // A user without a name, who owns the home folder of the cluster.
      const [uid, gid] = [1234, 1234]
      const home = join(folder, 'home')
      const cluster = join(home, 'postgres')
      await mkdir(cluster, { recursive: true })
      await writeFile(join(cluster, 'PG_VERSION'), '18\n')
      const check = join(home, 'check')
      await writeFile(check, '#!/bin/sh\ngrep -q "^CapEff:[[:space:]]*0*$" /proc/self/status\n', {
        mode: 0o755,
      })
      for (const path of [home, cluster, join(cluster, 'PG_VERSION')]) await chown(path, uid, gid)
      await chmod(home, 0o700)
      await chmod(folder, 0o755)
      const account = await chooseAccount(cluster, [check])
      await expect(account.run(check, [])).resolves.toBeUndefined()
    })

    it('is refused for a cluster that root owns, and the error says what to do', async () => {
      // A copy belongs to root if root copied the cluster without its owners.
      const cluster = join(folder, 'copied')
      await mkdir(cluster)
      await writeFile(join(cluster, 'PG_VERSION'), '18\n')
      const refusal = chooseAccount(cluster, [program])
      await expect(refusal).rejects.toBeInstanceOf(OperationalError)
      await expect(refusal).rejects.toThrow(
        `${cluster} belongs to root, and PostgreSQL does not run as root: copy it with its owners (cp -a), or give it to another user (chown -R nobody '${cluster}')`,
      )
    })
  },
)
