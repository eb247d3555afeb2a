import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateDrizzleJson } from 'drizzle-kit/api'
import { registry } from '../../src/resources/registry.ts'
import { drizzleTables } from './drizzle-tables.ts'
import {
  joinAdditions,
  migrationStatements,
  type Snapshot,
  separateIncompatible,
  UnansweredQuestion,
} from './migration-statements.ts'

/**
 * Writes the migration from the tables of the last migration to the declared tables. With `--check`, fails if they differ. With
 * `--custom`, only adds the migration to the journal; the author writes its file. `--rename table.column=name` renames a column in its
 * table and in its history, so that its values stay. Without the option, drizzle-kit asks whether the column is new or renamed; the
 * command fails if it does not run in a terminal. `--expand` marks the migration as compatible with older versions of the service, and
 * leaves out incompatible statements. `--contract 0017_homepage` marks the migration as compatible with the versions that have that
 * migration; its whole name, with the number, must be given.
 */

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    check: { type: 'boolean' },
    custom: { type: 'boolean' },
    rename: { type: 'string', multiple: true, default: [] },
    expand: { type: 'boolean' },
    contract: { type: 'string' },
  },
})

if (values.expand && values.rename.length > 0) {
  console.error(
    '--rename and --expand exclude each other: older versions of the service fail once a column is renamed.',
  )
  process.exit(1)
}

const folder = join(import.meta.dirname, '../../migrations')
const meta = join(folder, 'meta')

interface Journal {
  version: string
  dialect: string
  entries: {
    idx: number
    version: string
    when: number
    tag: string
    breakpoints: boolean
    expand?: true
    contract?: string
  }[]
}

const readJson = async <T>(file: string): Promise<T | undefined> => {
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as T) : undefined
}

async function lastSnapshot() {
  const [file] = (await readdir(meta).catch(() => []))
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .reverse()
  return file === undefined ? undefined : { file, content: await readJson<Snapshot>(join(meta, file)) }
}

/** Renames a column in a snapshot. @returns the statements that rename it in the table and in its history. */
function renameColumn({ tables }: Snapshot, rename: string): string[] {
  const [, table = '', column = '', name = ''] = /^(\w+)\.(\w+)=(\w+)$/.exec(rename) ?? []
  const columns = tables[`public.${table}`]?.columns
  const renamed = columns?.[column]
  if (!renamed) throw new Error(`--rename ${rename}: it must be table.column=name, and the column must exist`)
  delete columns[column]
  columns[name] = { ...renamed, name }
  // In an empty database, history tables are created only after all migrations.
  return ['"public"', 'IF EXISTS "history"'].map(
    (schema) => `ALTER TABLE ${schema}."${table}" RENAME COLUMN "${column}" TO "${name}";`,
  )
}

const last = await lastSnapshot()
const before = last?.content ?? generateDrizzleJson({})
const renames = values.rename.flatMap((rename) => renameColumn(before, rename))
const after = generateDrizzleJson(drizzleTables(registry), before.id)
const generated = await migrationStatements(before, after).catch((error: unknown) => {
  if (!(error instanceof UnansweredQuestion)) throw error
  console.error(`The tables have changed since the last migration: ${error.message}`)
  process.exit(1)
})
const statements = [...renames, ...generated]
const { compatible: written, incompatible: leftOut } = values.expand
  ? separateIncompatible(statements)
  : { compatible: statements, incompatible: [] }

if (values.check) {
  if (statements.length > 0) {
    console.error(
      `The tables have changed since the last migration. Run: npm run migration -- --name what-it-does\n\n${statements.join('\n')}`,
    )
    process.exitCode = 1
  }
} else if (!values.name) {
  console.error('Give the migration a name: npm run migration -- --name what-it-does')
  process.exitCode = 1
} else if (statements.length === 0 && !values.custom) {
  console.log('The tables have not changed since the last migration.')
} else {
  await mkdir(meta, { recursive: true })
  const journal = (await readJson<Journal>(join(meta, '_journal.json'))) ?? {
    version: '7',
    dialect: 'postgresql',
    entries: [],
  }
  const { expand, contract } = values
  if (contract !== undefined && !journal.entries.some(({ tag }) => tag === contract)) {
    console.error(
      `--contract: there is no migration ${contract}. Give a whole name, with its number, such as ${journal.entries.at(-1)?.tag}`,
    )
    process.exit(1)
  }
  const idx = journal.entries.length
  const tag = `${String(idx).padStart(4, '0')}_${values.name}`
  const file = join(folder, `${tag}.sql`)
  if (!values.custom) {
    await writeFile(file, `${joinAdditions(written).join('--> statement-breakpoint\n')}\n`)
    // Only the newest snapshot remains, since the next migration is computed from it alone.
    if (last) await rm(join(meta, last.file))
    await writeFile(
      join(meta, `${String(idx).padStart(4, '0')}_snapshot.json`),
      `${JSON.stringify(after, null, 2)}\n`,
    )
  }
  const compatibility = { ...(expand && { expand: true as const }), ...(contract && { contract }) }
  journal.entries.push({ idx, version: '7', when: Date.now(), tag, breakpoints: true, ...compatibility })
  await writeFile(join(meta, '_journal.json'), `${JSON.stringify(journal, null, 2)}\n`)
  console.log(values.custom ? `Write the SQL of migrations/${tag}.sql.` : `Wrote migrations/${tag}.sql.`)
  if (!values.custom && leftOut.length > 0)
    console.log(`Left out, for the migration of a later version:\n\n${leftOut.join('\n')}`)
}
