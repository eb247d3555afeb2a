import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseAccount } from '../../src/database/embedded/account.ts'

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
  'PostgreSQL that root starts',
  () => {
    let folder: string
    let program: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'entente-account-'))
      program = join(folder, 'bin/program')
      await mkdir(join(folder, 'bin'))
      // Fails unless it runs as an ordinary user for whom access(2) reports that the program is executable.
      await writeFile(program, '#!/bin/sh\ntest "$(id -u)" -ne 0 && test -x "$0"\n', { mode: 0o755 })
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    it.each([
      ['everybody', 0o755],
      ['only root', 0o700],
    ])('runs as an ordinary user who can run its programs in a folder that %s may enter', async (_, mode) => {
      await chmod(folder, mode)
      const account = await chooseAccount(join(folder, 'postgres'), [program])
      await expect(account.run(program, [])).resolves.toBeUndefined()
    })
  },
)
