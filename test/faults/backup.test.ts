import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { chooseAccount } from '../../src/database/embedded/account.ts'
import { registry } from '../../src/resources/registry.ts'
import { freePort } from '../support/ports.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'
import { readFeed } from './feed.ts'
import { asAdministrator, fetchText, openService } from './service.ts'

const { resources } = registry

/** The backup commands of the documentation make a complete copy of a registry. */

const execute = promisify(execFile)

/** Finds the folder of PostgreSQL's programs with pg_dump, which the embedded PostgreSQL lacks; undefined if there is none. */
async function findPostgres(): Promise<string | undefined> {
  const debian = '/usr/lib/postgresql'
  const versions = (await readdir(debian).catch(() => [])).map((version) => join(debian, version, 'bin'))
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...versions]
  const hasPrograms = (folder: string) =>
    ['initdb', 'pg_ctl', 'pg_dump', 'pg_restore', 'psql'].every((program) =>
      existsSync(join(folder, program)),
    )
  return folders.find(hasPrograms)
}

/** Starts a server with the databases `original` and `restored`. Returns the beginning of their URLs. */
async function openPostgres(bin: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-backup-'))
  await chmod(folder, 0o755)
  const data = join(folder, 'data')
  const [initdb, pgCtl] = [join(bin, 'initdb'), join(bin, 'pg_ctl')]
  const account = await chooseAccount(data, [initdb, pgCtl])
  await mkdir(data)
  await account.giveOwnership(data)
  await account.run(initdb, [
    '-D',
    data,
    '-U',
    'entente',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ])
  const port = await freePort()
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`
  await account.run(pgCtl, ['start', '-w', '-D', data, '-l', join(data, 'log'), '-o', options])
  onTestFinished(async () => {
    await account.run(pgCtl, ['stop', '-D', data, '-m', 'immediate'])
    await rm(folder, { recursive: true, force: true })
  })
  const server = `postgresql://entente@127.0.0.1:${port}/`
  for (const name of ['original', 'restored']) {
    await execute(join(bin, 'psql'), ['-c', `create database ${name}`, `${server}postgres`])
  }
  return server
}

/** Reads the whole registry: every record and every change of every resource. */
async function readContent(origin: string): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {}
  for (const { name } of resources) {
    const response = await fetch(`${origin}/v1/${name}/export?format=ndjson`)
    expect(response.status).toBe(200)
    content[name] = { records: await response.text(), changes: await readFeed(origin, name) }
  }
  return content
}

/** Creates, changes and removes an agreement. Returns its key, and the time of the change. */
async function makeHistory(origin: string): Promise<{ key: string; changedAt: string }> {
  const url = `${origin}/v1/agreements`
  const body = JSON.stringify({ title: 'An agreement with a history', kind: 'agreement' })
  const created = await fetchText(url, { method: 'POST', headers: asAdministrator, body })
  const { id } = JSON.parse(created?.text ?? '')
  const headers = { ...asAdministrator, 'content-type': 'application/merge-patch+json', 'if-match': '*' }
  const changed = await fetchText(`${url}/${id}`, {
    method: 'PATCH',
    headers,
    body: '{"summary": "Changed."}',
  })
  const { authorization } = asAdministrator
  await fetchText(`${url}/${id}`, { method: 'DELETE', headers: { authorization, 'if-match': '*' } })
  return { key: id, changedAt: JSON.parse(changed?.text ?? '').updatedAt }
}

it('pg_restore restores records, history and feed from a dump of a running registry', async ({
  skip,
  task,
}) => {
  const bin = await findPostgres()
  if (!bin) return skip('no PostgreSQL with pg_dump on this machine')
  const server = await openPostgres(bin)
  const original = await openService(`${server}original`, { SEED: 'all' })
  const { key, changedAt } = await makeHistory(original.origin)
  const folder = await makeTemporaryFolder('dump')
  const dump = join(folder, 'entente.dump')
  await execute(join(bin, 'pg_dump'), ['--format=custom', `--file=${dump}`, `${server}original`])
  await execute(join(bin, 'pg_restore'), [
    '--exit-on-error',
    '--no-owner',
    `--dbname=${server}restored`,
    dump,
  ])
  const restored = await openService(`${server}restored`)
  const [before, after] = [await readContent(original.origin), await readContent(restored.origin)]
  task.meta.figures = { changes: (await readFeed(restored.origin, 'agreements')).length }
  expect(after).toEqual(before)
  const former = await fetchText(`${restored.origin}/v1/agreements/${key}?asOf=${changedAt}`, {})
  expect(JSON.parse(former?.text ?? '')).toMatchObject({ version: 2, summary: 'Changed.' })

  // The restored registry accepts writes: a removed record is restored with the next version, at the end of the feed.
  const response = await fetchText(`${restored.origin}/v1/agreements/${key}/restore`, {
    method: 'POST',
    headers: { authorization: asAdministrator.authorization },
  })
  expect(response?.headers.get('etag')).toBe('"4"')
  expect((await readFeed(restored.origin, 'agreements')).at(-1)).toMatchObject({
    key,
    version: 4,
    operation: 'restore',
  })
})
