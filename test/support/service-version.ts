import { execFile } from 'node:child_process'
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

/** A string in a file, and the string that replaces all its occurrences. */
export interface Replacement {
  file: string
  from: string
  to: string
}

async function replaceText(folder: string, { file, from, to }: Replacement): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8')
  if (!text.includes(from)) {
    throw new Error(
      `${file} does not contain the text to replace, ${JSON.stringify(from)}: adapt the replacement to the current source`,
    )
  }
  await writeFile(join(folder, file), text.replaceAll(from, to))
}

/**
 * Makes a later version of the service: a copy of this source code with replaced strings and more migrations. The copy also
 * has `test/support`, which `generateMigration` needs.
 * @throws when a file does not contain a string to replace. The folder is then removed.
 */
export async function makeLaterVersion(
  replacements: Replacement[],
  migrations: AddedMigration[] = [],
): Promise<ServiceVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-version-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    for (const name of ['src', 'migrations', 'seeds', 'test/support', 'package.json', 'tsconfig.json'])
      await cp(join(packageRoot, name), join(folder, name), { recursive: true })
    await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
    for (const replacement of replacements) await replaceText(folder, replacement)
    for (const migration of migrations) await addMigration(folder, migration)
  } catch (error) {
    await remove()
    throw error
  }
  return { folder, remove }
}

/**
 * Runs `npm run migration` in a version, without a terminal.
 * @returns the exit code of the command, -1 if it did not exit by itself, and what it printed.
 */
export async function generateMigration(
  { folder }: ServiceVersion,
  options: string[],
): Promise<{ code: number; printed: string }> {
  const command = ['--import', 'tsx', 'test/support/migration.ts', ...options]
  return await new Promise((resolve) =>
    execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        printed: `${stdout}${stderr}`,
      }),
    ),
  )
}
