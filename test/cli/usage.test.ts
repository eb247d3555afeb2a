// @module-tag slow

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OperationalError } from '../../src/operational-error.ts'
import { packageVersion } from '../../src/package-root.ts'
import { environment } from '../../src/server/config.ts'
import { runInProcess } from '../support/command-line.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

/** The help of the command line, arguments that it refuses before it opens a database, and `--create`. */

const commands = [
  'serve',
  'migrate',
  'seed',
  'import',
  'generate',
  'recompose',
  'key',
  'export',
  'restore',
  'seal',
  'verify',
  'openapi',
]

describe('the command line describes itself', () => {
  it.each([['--version'], ['-v']])('%s prints the version', async (option) => {
    expect(await runInProcess([option])).toBe(packageVersion)
  })

  it.each([['--help'], ['-h'], ['help']])('%s lists every command and setting', async (word) => {
    const help = await runInProcess([word])
    for (const command of commands) expect(help).toMatch(new RegExp(`^  ${command} `, 'm'))
    for (const name of Object.keys(environment.shape)) expect(help).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(help).toMatch(/^ {2}DATABASE_URL +URL of a PostgreSQL database/m)
  })

  it.each([...commands, 'key create', 'key list', 'key revoke'])(
    '%s --help prints the help of the command',
    async (command) => {
      const help = await runInProcess([...command.split(' '), '--help'])
      expect(help).toContain(`Usage: entente ${command} `)
    },
  )
})

const keyNamed = (name: string) => ['key', 'create', '--name', name, '--role', 'reader']
const keyExpiring = (time: string) => ['key', 'create', '--name', 'A', '--role', 'reader', '--expires', time]

describe('the command line refuses wrong arguments with one line', () => {
  it.each<[string[], RegExp]>([
    [['migrat'], /unknown command 'migrat' .*migrate/],
    [['serve', '--port=80'], /'--port=80'.*environment variable PORT\?$/],
    [['--data-dir', 'x'], /'--data-dir'.*environment variable DATA_DIR\?$/],
    [['serve', 'now'], /too many arguments for 'serve'/],
    [['seed', 'everything'], /'everything'.*all, reference/],
    [['generate'], /--agreements <number>' not specified/],
    [['generate', '--agreements', '1e3'], /'1e3'.*whole number from 1 to 999999999/],
    [['key'], /in 'entente key'; 'entente help' shows/],
    [['help', 'imports'], /in 'entente help imports'; 'entente help' shows/],
    [['key', 'show'], /unknown command 'show'; .*'entente help COMMAND' explains one$/],
    [['key', 'creat'], /unknown command 'creat' .*create/],
    [['key', 'create', '--name', 'A', '--role', 'editr'], /'editr'.*reader, editor, admin/],
    [['key', 'create', '--role', 'editor'], /--name <name>' not specified/],
    [['key', 'create', '--name', ' ', '--role', 'editor'], /--name <name>.*1 to 200 characters/],
    [keyNamed('x'.repeat(201)), /--name <name>.*1 to 200 characters/],
    [keyNamed('evil\u202eteef'), /--name <name>.*reorders text, U\+202E, at character 5/],
    [keyNamed('caf\ufffd'), /--name <name>.*must be text in UTF-8/],
    [keyNamed('two\u2028lines'), /line separator, U\+2028, at character 4/],
    [keyExpiring('2999-02-31'), /'2999-02-31'.*a day, or a time with its UTC offset/],
    [keyExpiring('2999-01-31T12:00'), /'2999-01-31T12:00'.*a day, or a time with its UTC offset/],
    [['key', 'list', 'all'], /too many arguments for 'list'/],
    [['key', 'list', '--name', 'A'], /unknown option '--name'/],
    [['key', 'revoke'], /missing required argument 'key'/],
    [['key', 'revoke', 'mine'], /'mine'.*prefix of a key/],
    [['key', 'revoke', 'ent_000000001'], /'ent_000000001'.*prefix of a key/],
    [['export', '--all', '-'], /'--all <file>' argument '-' is invalid.*name of a file.*standard output/],
    [['seal', '--out', '-'], /'--out <file>' argument '-' is invalid/],
    [['openapi', '--out', '-'], /'--out <file>' argument '-' is invalid/],
    [['import', 'iati', 'a.xml', '--names', '-'], /'--names <file>' argument '-' is invalid/],
    [['import', 'iati', 'a.xml', '--rejected', '-'], /'--rejected <file>' argument '-' is invalid/],
    [['import', 'iati', 'a.xml', '--missing', '-'], /'--missing <file>' argument '-' is invalid/],
    [['restore', 'test'], /^the archive test cannot be read: it is a folder$/],
    [['restore', 'no-file'], /^the archive no-file cannot be read: no such file or directory$/],
    [['verify', '--seal', 'no-file'], /^the seal no-file cannot be read: no such file or directory$/],
    [['import'], /^a mapping and a file are needed/],
    [['import', 'a.yaml'], /^a mapping and a file are needed/],
    [['import', '--commit', '1', '--dry-run'], /'--commit <id>' cannot be used with option '--dry-run'$/],
    [['import', '--undo', '1', '--dry-run'], /'--undo <id>' cannot be used with option '--dry-run'$/],
    [['import', '--undo', '1', '--yes'], /'--undo <id>' cannot be used with option '--yes'$/],
    [['import', '--commit', '1', '--decisions', 'a.csv'], /'--commit <id>'.*'--decisions <file>'$/],
    [['import', '--commit', '1', '--undo', '1'], /'--undo <id>' cannot be used with option '--commit <id>'$/],
    [
      ['import', 'a.yaml', 'a.csv', '--undo', '1'],
      /'a.yaml' cannot be used with the import 1: .* no mapping/,
    ],
  ])('%j', async (words, line) => {
    const refusal = runInProcess(words)
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
    await expect(refusal).rejects.toThrow(line)
    await expect(refusal).rejects.not.toThrow('\n')
  })
})

describe('a command other than serve creates a database only with --create', () => {
  it.each([
    [['migrate']],
    [['seed']],
    [['generate', '--agreements', '1']],
    [['key', 'create', '--name', 'A', '--role', 'admin']],
    [['key', 'list']],
    [['key', 'revoke', 'ent_00000000']],
  ])('%j fails with a message that names the folder and --create, and creates nothing', async (words) => {
    const folder = await makeTemporaryFolder('cli')
    const dataDir = join(folder, 'data')
    const refusal = runInProcess(words, { DATA_DIR: dataDir })
    await expect(refusal).rejects.toThrow(`no database in ${dataDir} (DATA_DIR)`)
    await expect(refusal).rejects.toThrow('--create')
    expect(await readdir(folder)).toEqual([])
  })

  it.each([[['seal']], [['verify']], [['export', '--all', 'registry.entente']]])(
    '%j, which has no --create, does not propose it',
    async (words) => {
      const folder = await makeTemporaryFolder('cli')
      const refusal = runInProcess(words, { DATA_DIR: folder })
      await expect(refusal).rejects.toThrow(/set DATA_DIR or DATABASE_URL to an existing one$/)
    },
  )

  it('--create creates a database, which the next command uses', async () => {
    const folder = await makeTemporaryFolder('cli')
    const env = { DATA_DIR: folder }
    expect(await runInProcess(['migrate', '--create'], env)).toBe('The schema is up to date.')
    expect(await runInProcess(['key', 'list'], env)).toBe('There are no keys in the database.')
  })
})
