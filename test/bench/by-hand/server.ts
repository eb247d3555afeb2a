import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import Fastify from 'fastify'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import {
  aggregate,
  copyText,
  count,
  firstOfCountry,
  list,
  listWhole,
  read,
  recordRevision,
  search,
} from './statements.ts'

/**
 * The server "by hand" was written only for the requests of the benchmark. It uses a separate database with the schema of
 * commit c79015c, so that it does not change with the service that is compared with it. At that commit, the service did not
 * store documents yet, and composed JSON at each read. For reads and revisions, this server uses the prepared statements of
 * that commit (`statements.ts`), except for the aggregate, whose statement was written for the benchmark. The other statements
 * of its writes are in this file. It validates nothing and caches nothing.
 */

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
const app = Fastify()
const json = 'application/json; charset=utf-8'

type Row = { document: string }
type Page = { records: string | null }

const page = ([found]: Page[], limit: number) =>
  `{"data":[${found?.records ?? ''}],"page":{"limit":${limit},"next":null}}`

app.get<{ Params: { id: string } }>('/read/:id', async (request, reply) => {
  const { rows } = await pool.query<Row>(read(request.params.id))
  return reply.type(json).send(rows[0]?.document)
})

for (const [path, statement] of [
  ['/list', list],
  ['/wide', listWhole],
  ['/q', search],
] as const) {
  app.get(path, async (_request, reply) => {
    const { rows } = await pool.query<Page>(statement)
    return reply.type(json).send(page(rows, 25))
  })
}

app.get('/count', async (_request, reply) => {
  const [{ rows }, { rows: totals }] = await Promise.all([
    pool.query<Page>(firstOfCountry),
    pool.query<{ total: number }>(count),
  ])
  return reply.type(json).send(`${page(rows, 1).slice(0, -1)},"total":${totals[0]?.total}}`)
})

app.get('/aggregate', async (_request, reply) => {
  const { rows } = await pool.query<{ body: string }>(aggregate)
  return reply.type(json).send(rows[0]?.body)
})

interface NewAgreement {
  title: string
  kind: string
  status: string
  signedOn: string
  summary: string
  parties: { country: string; role: string; actions: { kind: string; date: string }[] }[]
  topics: string[]
}

const insertAgreement = {
  name: 'insert-agreement',
  text: `insert into agreements (title, kind, status, signed_on, summary) values ($1, $2, $3, $4, $5) returning id`,
}
const insertParticipations = {
  name: 'insert-participations',
  text: `insert into participations (agreement_id, position, country, role)
    select $1, ordinality - 1, country, role from unnest($2::text[], $3::text[]) with ordinality as party(country, role, ordinality)
    returning id`,
}
const insertActions = {
  name: 'insert-actions',
  text: `insert into participation_actions (participation_id, position, kind, date)
    select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[])`,
}
const insertTopics = {
  name: 'insert-topics',
  text: `insert into topic_links (agreement_id, topic, position)
    select $1, topic, ordinality - 1 from unnest($2::text[]) with ordinality as given(topic, ordinality)`,
}

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // Closes the connection, whose transaction has failed.
    client.release(true)
    throw error
  }
}

app.post<{ Body: NewAgreement }>('/create', async ({ body }, reply) => {
  const document = await inTransaction(async (client) => {
    const values = [body.title, body.kind, body.status, body.signedOn, body.summary]
    const { rows } = await client.query<{ id: string }>({ ...insertAgreement, values })
    const id = rows[0]?.id ?? ''
    const countries = body.parties.map(({ country }) => country)
    const roles = body.parties.map(({ role }) => role)
    const parties = await client.query<{ id: string }>({
      ...insertParticipations,
      values: [id, countries, roles],
    })
    const actions = body.parties.flatMap((party, index) =>
      party.actions.map((action, position) => ({ ...action, id: parties.rows[index]?.id, position })),
    )
    await client.query({
      ...insertActions,
      values: [
        actions.map((action) => action.id),
        actions.map((action) => action.position),
        actions.map((action) => action.kind),
        actions.map((action) => action.date),
      ],
    })
    await client.query({ ...insertTopics, values: [id, body.topics] })
    return (await client.query<Row>(recordRevision(id, 'create'))).rows[0]?.document
  })
  return reply.code(201).type(json).send(document)
})

app.patch<{ Params: { id: string }; Body: { title: string } }>('/patch/:id', async (request, reply) => {
  const { id } = request.params
  const document = await inTransaction(async (client) => {
    await client.query({
      name: 'lock',
      text: 'select from agreements where id = $1 for update',
      values: [id],
    })
    await client.query(read(id))
    await client.query({
      name: 'patch',
      text: 'update agreements set title = $2 where id = $1',
      values: [id, request.body.title],
    })
    return (await client.query<Row>(recordRevision(id, 'patch'))).rows[0]?.document
  })
  return reply.type(json).send(document)
})

app.get('/copy', async (_request, reply) => {
  const client = await pool.connect()
  const rows = client.query(copyTo(copyText))
  reply.hijack()
  await pipeline(rows, reply.raw).finally(() => client.release())
})

await app.listen({ port: 0, host: '127.0.0.1' })
// A server that listens on TCP has an address with a port.
console.log(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
