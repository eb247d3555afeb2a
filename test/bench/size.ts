import { withClient } from '../support/with-client.ts'
import { countRecords } from './registry.ts'
import type { BoundedFigure } from './tables.ts'

/** Bytes of all tables of a database, with their indexes. */
const bytesOf = (url: string): Promise<number> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ bytes: string }>(`
      select sum(pg_total_relation_size(pg_class.oid))::text as bytes
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema')`)
    return Number(rows[0]?.bytes)
  })

/** Number of records in the service: the sum of the exact counts of its lists. */
async function countAllRecords(origin: string): Promise<number> {
  let records = 0
  for (const resource of resources) records += await countRecords(`${origin}/v1/${resource}?`)
  return records
}

const resources = [
  'countries',
  'regions',
  'organizations',
  'topics',
  'agreements',
  'projects',
  'cooperation-bases',
  'assistance-programs',
  'sources',
  'citations',
  'figures',
]

/** Number of records in the database of the hand-written server (`by-hand/`), with which the service is compared. */
const countByHandRecords = (url: string): Promise<number> =>
  withClient(url, async (client) => {
    // A database that has just been filled has one revision for each record.
    const { rows } = await client.query<{ records: number }>('select count(*)::int as records from revisions')
    return rows[0]?.records ?? 0
  })

/** Case `size`: bytes per record in both databases. It must run before other cases write. */
export async function measureSize(
  serviceUrl: string,
  origin: string,
  byHandUrl: string,
): Promise<BoundedFigure[]> {
  const service = (await bytesOf(serviceUrl)) / (await countAllRecords(origin))
  const byHand = (await bytesOf(byHandUrl)) / (await countByHandRecords(byHandUrl))
  return [
    { what: 'bytes per record, service', measured: service },
    { what: 'bytes per record, by hand', measured: byHand },
    { what: 'bytes per record, service / by hand', measured: service / byHand },
  ]
}
