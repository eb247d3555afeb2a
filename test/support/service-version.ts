import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'

/** A migration that a later version of the service adds, with its compatibility as stated in the journal. */
export interface AddedMigration {
  tag: string
  sql: string
  compatibility: { expand?: true; contract?: string }
}

/** The source code of a version of the service, in a temporary folder. */
export interface ServiceVersion {
  folder: string
  remove(): Promise<void>
}

async function addMigration(folder: string, { tag, sql, compatibility }: AddedMigration): Promise<void> {
  const file = join(folder, 'migrations/meta/_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8'))
  const idx = journal.entries.length
  const when = journal.entries.at(-1).when + 1
  journal.entries.push({ idx, version: '7', when, tag, breakpoints: true, ...compatibility })
  await writeFile(file, JSON.stringify(journal))
  await writeFile(join(folder, `migrations/${tag}.sql`), sql)
}

/**
 * Makes a later version of the service: a copy of this source code with a text replaced in one file, and more migrations.
 * @throws when the file does not contain the text to replace.
 */
export async function makeLaterVersion(
  replace: { file: string; from: string; to: string },
  migrations: AddedMigration[],
): Promise<ServiceVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-version-'))
  for (const name of ['src', 'migrations', 'seeds', 'package.json', 'tsconfig.json'])
    await cp(join(packageRoot, name), join(folder, name), { recursive: true })
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  const file = join(folder, replace.file)
  const text = await readFile(file, 'utf8')
  if (!text.includes(replace.from)) throw new Error(`${replace.file} does not have ${replace.from}`)
  await writeFile(file, text.replaceAll(replace.from, replace.to))
  for (const migration of migrations) await addMigration(folder, migration)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
