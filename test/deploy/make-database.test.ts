import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'
import { deployFolder } from './files.ts'

it('patroni/make-database.sh gives psql the password in the environment, not as an argument', async () => {
  const folder = await makeTemporaryFolder('psql')
  await writeFile(join(folder, 'psql'), '#!/bin/sh\necho "$ENTENTE_PASSWORD" "$@"; cat\n', { mode: 0o755 })
  const script = join(deployFolder, 'patroni/make-database.sh')
  const env = { PATH: `${folder}${delimiter}${process.env.PATH}`, ENTENTE_PASSWORD: 'a-password' }
  const output = execFileSync('sh', [script, 'postgresql://db'], { env, encoding: 'utf8' })
  expect(output).toMatch(/^a-password postgresql:\/\/db --quiet --set=ON_ERROR_STOP=1\n/)
  expect(output).toContain('\\getenv password ENTENTE_PASSWORD')
})
