// @module-tag slow

import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { compileSql } from '../../src/database/dialect.ts'
import { recompose } from '../../src/features/recompose/recompose.ts'
import { composedJson, propertiesOf, shapeOf } from '../../src/model/document.ts'
import * as field from '../../src/model/fields/builders.ts'
import { Registry } from '../../src/model/registry.ts'
import { figures } from '../../src/resources/figures.ts'
import { declarations, registry as older } from '../../src/resources/registry.ts'
import { buildApp } from '../../src/server/app.ts'
import { adminKey, openTestApp, readTestConfig, type TestApp } from '../support/app.ts'
import { type Document, documentSchema } from '../support/documents.ts'
import { drizzleTables } from '../support/drizzle-tables.ts'

/** Two versions of the service on one database: the newer one declares one more property of figures. */

const newer = new Registry(
  declarations.map((declaration) =>
    declaration === figures
      ? { ...figures, fields: { ...figures.fields, remark: field.line('A remark.', { filter: false }) } }
      : declaration,
  ),
)

const figureCount = 10_000

/** Timeout of a test in milliseconds. Each test composes all figures, on a machine that may be busy. */
const timeoutMs = 120_000

let testApp: TestApp
/** A running version of the service. */
interface Service {
  app: FastifyInstance
  origin: string
  registry: Registry
}

let services: Service[]
let keys: string[]

/** Inserts figures as the service with the older declaration stores them. @returns their keys. */
async function insertFigures(pool: pg.Pool): Promise<string[]> {
  const resource = older.get('figures')
  const document = compileSql(composedJson(resource, propertiesOf(resource))).text
  await pool.query(`begin; set local entente.writer = 'service';
    insert into records (id, resource, key) select id, 'figures', id from (select uuid_v7() as id from generate_series(1, ${figureCount})) as generated;
    insert into figures (id, indicator, title, value, unit) select id, 'made', 'Figure ' || id, row_number() over (), 'things'
      from records where resource = 'figures' and document is null;
    update records set document = composed.document, shape = '${shapeOf(resource)}'
      from (select id as figure, ${document} as document from figures) as composed where figure = records.id;
    commit`)
  const { rows } = await pool.query<{ key: string }>(
    "select id::text as key from figures where indicator = 'made'",
  )
  return rows.map(({ key }) => key)
}

/** Adds the column of the newer declaration, as a migration does. */
async function migrateFigures(pool: pg.Pool): Promise<void> {
  const before = generateDrizzleJson(drizzleTables(older))
  const after = generateDrizzleJson(drizzleTables(newer), before.id)
  const statements = await generateMigration(before, after)
  expect(statements).toEqual([expect.stringContaining('ADD COLUMN "remark" text')])
  await pool.query(
    [
      'begin',
      'drop schema past, published, published_past cascade',
      ...statements,
      'select sync_records()',
      'select sync_history()',
      'commit',
    ].join(';\n'),
  )
}

beforeAll(async () => {
  const env = { CACHE_MB: '0' }
  testApp = await openTestApp({ env })
  keys = await insertFigures(testApp.pool)
  await migrateFigures(testApp.pool)
  const app = await buildApp({ config: readTestConfig(env), database: testApp.database, registry: newer })
  services = [await listen(testApp.app, older), await listen(app, newer)]
})
afterAll(async () => {
  await services?.[1]?.app.close()
  await testApp.close()
})

const listen = async (app: FastifyInstance, registry: Registry): Promise<Service> => ({
  app,
  registry,
  origin: await app.listen({ port: 0, host: '127.0.0.1' }),
})

/** Returns the number of figures whose document has the shape of a declaration. */
async function countByShape(registry: Registry): Promise<number> {
  const { rows } = await testApp.pool.query<{ count: number }>(
    "select count(*)::int as count from records where resource = 'figures' and shape = $1",
    [shapeOf(registry.get('figures'))],
  )
  return rows[0]?.count ?? 0
}

/** Reads the counts and times that recomposing must not change. */
async function readInvariants(): Promise<unknown> {
  const { rows } = await testApp.pool.query(
    `select (select count(*) from revisions) as revisions, (select count(*) from history.records) as former,
      sum(version) as versions, max(updated_at) as updated, max(row_start) as started, count(*) as records from records`,
  )
  return rows[0]
}

/** Composes a figure from the tables by a declaration. */
async function compose(registry: Registry, key: string): Promise<Document> {
  const resource = registry.get('figures')
  const statement = sql`select ${composedJson(resource, propertiesOf(resource))}::json as document from ${resource.table} where ${resource.id} = ${key}`
  const { text, values } = compileSql(statement)
  const { rows } = await testApp.pool.query<{ document: Document }>(text, values)
  return rows[0]?.document ?? {}
}

const propertyNames = (registry: Registry) => [...propertiesOf(registry.get('figures'))].sort()

/** Reads a figure directly, in lists and in an export. Expects the document that the service's declaration composes. */
async function expectReads({ origin, registry }: Service, key: string): Promise<void> {
  const read = async (path: string) => documentSchema.parse(await (await fetch(`${origin}${path}`)).json())
  const list = async (path: string) => z.array(documentSchema).parse((await read(path)).data)
  const expected = await compose(registry, key)
  expect(Object.keys(expected).sort()).toEqual(propertyNames(registry))
  expect(await read(`/v1/figures/${key}`)).toEqual(expected)
  const listed = await list(`/v1/figures?id=${key}&include=citations`)
  expect(listed).toEqual([{ ...expected, citations: [] }])
  expect(await read(`/v1/figures/export?id=${key}&format=ndjson`)).toEqual(expected)
  const page = await list('/v1/figures?limit=20&sort=-updatedAt')
  for (const record of page) expect(Object.keys(record).sort()).toEqual(propertyNames(registry))
}

/** Patches a figure by a service, and returns the body of the response. */
async function patch({ origin }: Service, key: string, change: object): Promise<Document> {
  const headers = {
    authorization: `Bearer ${adminKey}`,
    'content-type': 'application/merge-patch+json',
    'if-match': '*',
  }
  const body = JSON.stringify(change)
  const response = await fetch(`${origin}/v1/figures/${key}`, { method: 'PATCH', headers, body })
  return documentSchema.parse(await response.json())
}

it('both versions read and write by their own declaration while documents are recomposed', {
  timeout: timeoutMs,
}, async () => {
  const [oldService, newService] = services
  if (!oldService || !newService) throw new Error('two services are needed')
  const recomposed = recompose(testApp.database, newer)
  for (let index = 0; index < 12; index++) {
    const key = keys[(index * 251) % keys.length] ?? ''
    const remarked = await patch(newService, key, { remark: `Remark ${index}` })
    expect(remarked).toMatchObject({ version: 2, remark: `Remark ${index}` })
    await Promise.all(services.map((service) => expectReads(service, key)))
    const changed = await patch(oldService, key, { unit: `units ${index}` })
    expect(Object.keys(changed).sort()).toEqual(propertyNames(older))
    expect(changed).toMatchObject({ version: 3, unit: `units ${index}` })
    await Promise.all(services.map((service) => expectReads(service, key)))
    expect(await compose(newer, key)).toMatchObject({
      remark: `Remark ${index}`,
      unit: `units ${index}`,
      version: 3,
    })
  }
  await recomposed
})

it('recomposing gives all documents one shape and changes nothing else', {
  timeout: timeoutMs,
}, async () => {
  await recompose(testApp.database, newer)
  const all = await countByShape(newer)
  expect(all).toBeGreaterThanOrEqual(figureCount)
  expect(await countByShape(older)).toBe(0)
  const before = await readInvariants()
  const listener = await testApp.pool.connect()
  const notifiedChannels: string[] = []
  listener.on('notification', ({ channel }) => notifiedChannels.push(channel))
  await listener.query('listen entente_changes; listen entente_uncomposed')
  expect(await recompose(testApp.database, older)).toBe(all)
  expect(await countByShape(older)).toBe(all)
  expect(await recompose(testApp.database, newer)).toBe(all)
  expect(await countByShape(newer)).toBe(all)
  expect(await recompose(testApp.database, newer)).toBe(0)
  await listener.query('select')
  listener.release(true)
  expect(notifiedChannels).toEqual([])
  expect(await readInvariants()).toEqual(before)
})

it('two versions that recompose concurrently both finish', { timeout: timeoutMs }, async () => {
  const counts = await Promise.all([recompose(testApp.database, older), recompose(testApp.database, newer)])
  expect(Math.max(...counts)).toBeLessThanOrEqual(2 * figureCount)
  for (const service of services) await expectReads(service, keys[7] ?? '')
})
