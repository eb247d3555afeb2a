import { link, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { run, runInProcess } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'
import { useOpened } from '../support/use-opened.ts'

/** Imports of files on the command line. */

vi.setConfig({ testTimeout: 60_000 })

const database = useOpened(openTestDatabase)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-import-test-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

const runImport = (...words: string[]) => runInProcess(['import', ...words], { DATABASE_URL: database.url })

/** Writes a mapping for a new register, and a file with a row that is imported and one that is refused. */
async function writeFiles(): Promise<{ scheme: string; mapping: string; file: string }> {
  const scheme = newScheme()
  const [mapping, file] = [join(folder, `${scheme}.yaml`), join(folder, `${scheme}.csv`)]
  await writeFile(mapping, treatyMapping(scheme))
  await writeFile(
    file,
    [treatyHeader, '1,A treaty,2001-05-03,France', '2,Another,no date,France', ''].join('\n'),
  )
  return { scheme, mapping, file }
}

/** Writes a file of decisions. @returns its path. */
async function writeDecisions(rows: string[]): Promise<string> {
  const path = join(folder, 'decisions.csv')
  await writeFile(path, ['resource,name,decision', ...rows, ''].join('\n'))
  return path
}

/** Counts the records with an external id of a register. */
async function countRecords(scheme: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    'select count(*)::int as count from external_ids where scheme = $1',
    [scheme],
  )
  return rows[0]?.count ?? 0
}

/** Returns the id of the last import of a register. */
async function lastImportId(scheme: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    'select id from imports where scheme = $1 order by id desc limit 1',
    [scheme],
  )
  return rows[0]?.id ?? ''
}

describe('entente import', () => {
  it('creates no records in a dry run, and writes the refused rows into a file', async () => {
    const { scheme, mapping, file } = await writeFiles()
    const rejected = join(folder, 'rejected.csv')
    expect(await runImport(mapping, file, '--dry-run', '--rejected', rejected)).toContain('Dry run:')
    expect(await countRecords(scheme)).toBe(0)
    expect(await readFile(rejected, 'utf8')).toContain('no date')
  })

  it('counts the occurrences of unresolved names, of which a row may have several', async () => {
    const { mapping, file } = await writeFiles()
    await writeFile(
      file,
      [treatyHeader, '1,A treaty,2001,Atlantis;Narnia', '2,Another,2001,Narnia', ''].join('\n'),
    )
    const text = await readFile(mapping, 'utf8')
    await writeFile(mapping, text.replace('country: Party', 'each: {from: Party, split: ";"}, country: .'))
    expect(await runImport(mapping, file, '--dry-run')).toMatch(
      /unresolved names +2 {2}with 3 occurrences \(/,
    )
  })

  it('commits a dry run once, however often the command is repeated', async () => {
    const { scheme, mapping, file } = await writeFiles()
    await runImport(mapping, file, '--dry-run')
    const id = await lastImportId(scheme)
    const report = await runImport('--commit', id)
    expect(report).toMatch(/^Committed: .*\n(.*\n)* +records created +1\b/)
    const { rows } = await database.pool.query('select * from imports where id = $1', [id])
    expect(await runImport('--commit', id)).toBe(report)
    expect((await database.pool.query('select * from imports where id = $1', [id])).rows).toEqual(rows)
    expect(await countRecords(scheme)).toBe(1)
  })

  it('prints the result of a commit, even if a file of the report cannot be written', async () => {
    const { mapping, file } = await writeFiles()
    const { ended } = run(['import', mapping, file, '--yes', '--rejected', '/dev/full'], {
      DATABASE_URL: database.url,
    })
    const { code, stdout, stderr } = await ended
    expect(stdout).toContain('Committed:')
    expect(stderr).toContain('/dev/full cannot be written: no space left on device')
    expect(stderr).not.toContain('    at ')
    expect(code).toBe(1)
  })

  it('refuses a file for the report that cannot be written, before it creates an import', async () => {
    const { scheme, mapping, file } = await writeFiles()
    const names = join(folder, 'no-folder', 'names.csv')
    const importTo = (path: string) => runImport(mapping, file, '--yes', '--names', path)
    await expect(importTo(names)).rejects.toThrow(
      `--names ${names} cannot be written: no such file or directory`,
    )
    await expect(importTo(folder)).rejects.toThrow(`${folder} cannot be written: it is a folder`)
    await expect(importTo(join(file, 'a'))).rejects.toThrow('cannot be written: not a directory')
    expect(await lastImportId(scheme)).toBe('')
  })

  it('refuses to write a report into one of its inputs, and leaves the input as it is', async () => {
    const { scheme, mapping, file } = await writeFiles()
    const decisions = await writeDecisions(['countries,Atlantis,FRA'])
    const [alias, twin] = [join(folder, 'alias.csv'), join(folder, 'twin.csv')]
    await symlink(file, alias)
    await link(file, twin)
    const before = await readFile(file, 'utf8')
    for (const input of [mapping, file, decisions, alias, twin, `${folder}/./${scheme}.csv`])
      for (const option of ['--rejected', '--names', '--missing'])
        await expect(
          runImport(mapping, file, '--dry-run', '--decisions', decisions, option, input),
        ).rejects.toThrow(`${option} ${input}: the import reads this file. Give the name of another file`)
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(await lastImportId(scheme)).toBe('')
  })

  it('refuses to write two reports into one file, except a device', async () => {
    const { mapping, file } = await writeFiles()
    const [path, samePath] = [join(folder, 'report.csv'), join(folder, '..', basename(folder), 'report.csv')]
    await expect(
      runImport(mapping, file, '--dry-run', '--rejected', path, '--names', samePath),
    ).rejects.toThrow(`--names ${samePath}: --rejected writes this file, too.`)
    await runImport(mapping, file, '--dry-run', '--rejected', devNull, '--names', devNull)
  })

  it('undoes an import, and then refuses to commit it again', async () => {
    const { scheme, mapping, file } = await writeFiles()
    await runImport(mapping, file, '--yes')
    expect(await countRecords(scheme)).toBe(1)
    const id = await lastImportId(scheme)
    const report = await runImport('--undo', id)
    expect(report).toMatch(/^Undone: .*\n +records written +1 {2}by the import\n +records kept +0$/)
    expect(await countRecords(scheme)).toBe(0)
    await expect(runImport('--commit', id)).rejects.toThrow(
      'The import is undone and must be staged: wait for the dry run, or start another import.',
    )
  })

  it('says after an undo why it has kept a record', async () => {
    const { scheme, mapping, file } = await writeFiles()
    await runImport(mapping, file, '--yes')
    const id = await lastImportId(scheme)
    await database.pool.query(
      `update agreements set title = 'Corrected'
        where id::text in (select key from import_records where import = $1 and resource = 'agreements')`,
      [id],
    )
    const report = await runImport('--undo', id)
    expect(report).toMatch(
      /records kept +1 {2}not fully undone, for the reasons below\n +agreements .*: was changed/,
    )
  })

  it('says once that it waits for another import of the register', async () => {
    const { scheme, mapping, file } = await writeFiles()
    const other = await database.pool.connect()
    onTestFinished(() => other.release())
    await other.query('begin')
    await other.query('select pg_advisory_xact_lock($1, hashtext($2))', [0x696d7074, scheme])
    const { ended } = run(['import', mapping, file, '--dry-run'], { DATABASE_URL: database.url })
    await expect.poll(() => lastImportId(scheme), { timeout: 30_000 }).not.toBe('')
    // The command tries again each second.
    await delay(3000)
    await other.query('rollback')
    const { code, stdout, stderr } = await ended
    expect(stderr.match(/Waiting until it has finished/g)).toHaveLength(1)
    expect(stdout).toContain('Dry run:')
    expect(code).toBe(0)
  })

  it('refuses to undo an import until a later one that changed its records is undone', async () => {
    const { scheme, mapping, file } = await writeFiles()
    await runImport(mapping, file, '--yes')
    const first = await lastImportId(scheme)
    await writeFile(file, [treatyHeader, '1,A renamed treaty,2001-05-03,France', ''].join('\n'))
    await runImport(mapping, file, '--yes')
    await expect(runImport('--undo', first)).rejects.toThrow('Undo the later import first.')
    expect(await countRecords(scheme)).toBe(1)
    expect(await runImport('--undo', await lastImportId(scheme))).toMatch(/^Undone: /)
    expect(await runImport('--undo', first)).toMatch(/^Undone: /)
    expect(await countRecords(scheme)).toBe(0)
  })

  it('reports the column of a refused row, and quotes its value only once', async () => {
    const { mapping, file } = await writeFiles()
    const report = await runImport(mapping, file, '--dry-run')
    expect(report).toContain('Signed: 1, such as "no date": is not read as a date. ')
  })

  it('names the line of a faulty decision, even after a row without a decision', async () => {
    const { mapping, file } = await writeFiles()
    const path = await writeDecisions(['countries,Atlantis,', 'countries,Utopia,QQQ'])
    await expect(runImport(mapping, file, '--dry-run', '--decisions', path)).rejects.toThrow(
      `${path}, line 3: there is no "QQQ" in countries`,
    )
  })

  it('refuses a second file that the mapping does not name', async () => {
    const { scheme, mapping, file } = await writeFiles()
    const second = join(folder, 'second.csv')
    await writeFile(second, `${treatyHeader}\n3,A third treaty,2001-05-03,France\n`)
    await expect(runImport(mapping, file, second, '--yes')).rejects.toThrow(
      'The mapping does not name the file second.csv. Only the rows of the first file are imported',
    )
    expect(await countRecords(scheme)).toBe(0)
  })

  it('refuses a file whose name cannot be part of the title of a source', async () => {
    const { scheme, mapping } = await writeFiles()
    const file = join(folder, 'a\tb.csv')
    await writeFile(file, `${treatyHeader}\n1,A treaty,2001-05-03,France\n`)
    const refusal = runImport(mapping, file, '--dry-run')
    await expect(refusal).rejects.toThrow('rename the file')
    await expect(refusal).rejects.toThrow('a\tb.csv: has a control character, U+0009, at character 2')
    expect(await countRecords(scheme)).toBe(0)
  })

  it('refuses input that cannot be read twice, such as a pipe, before it creates an import', async () => {
    const { scheme, mapping } = await writeFiles()
    await expect(runImport(mapping, devNull, '--yes')).rejects.toThrow(
      `${devNull} is not a file, and an import reads its input twice: save it in a file first`,
    )
    expect(await lastImportId(scheme)).toBe('')
  })

  it('prints the report of a dry run once if there is no terminal for the question', async () => {
    const { mapping, file } = await writeFiles()
    const { ended } = run(['import', mapping, file], { DATABASE_URL: database.url })
    const { code, stdout, stderr } = await ended
    expect(stdout.match(/Dry run:/g)).toHaveLength(1)
    expect(stderr).toContain('To commit: entente import --commit')
    expect(code).toBe(0)
  })

  it('counts all faulty decisions, including those that it does not list', async () => {
    const { mapping, file } = await writeFiles()
    const path = await writeDecisions(Array.from({ length: 1100 }, (_, index) => `countries,${index},QQQ`))
    await expect(runImport(mapping, file, '--dry-run', '--decisions', path)).rejects.toThrow(
      'The list of decisions has 1100 errors',
    )
  })

  it('refuses a file of decisions with more than 100,000 rows', async () => {
    const { mapping, file } = await writeFiles()
    const path = await writeDecisions(Array.from({ length: 100_001 }, () => 'countries,Atlantis,FRA'))
    await expect(runImport(mapping, file, '--dry-run', '--decisions', path)).rejects.toThrow(
      `${path}: has more than 100,000 rows.`,
    )
  })

  it('with --strict, ends with an error if rows are refused', async () => {
    const { mapping, file } = await writeFiles()
    await expect(runImport(mapping, file, '--yes', '--strict')).rejects.toThrow(
      '1 row was refused (--strict)',
    )
  })

  it('with --strict, undoes an import with refused rows without an error', async () => {
    const { scheme, mapping, file } = await writeFiles()
    await runImport(mapping, file, '--yes')
    const report = await runImport('--undo', await lastImportId(scheme), '--strict')
    expect(report).toMatch(/^Undone: /)
  })

  it.each(['2', '0192f0c1-7a3b-7c4d-8e5f-0123456789ab'])('says that there is no import %s', async (id) => {
    await expect(runImport('--commit', id)).rejects.toThrow(`there is no import ${id}`)
    await expect(runImport('--undo', id)).rejects.toThrow(`there is no import ${id}`)
  })
})
