import type pg from 'pg'

interface Index {
  name: string
  definition: string
}

/**
 * Finds the indexes that can be dropped while rows are written: all but those of constraints and `records_internal`, which a
 * trigger uses for each row.
 */
async function findDroppableIndexes(client: pg.ClientBase): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
     from pg_index join pg_class on pg_class.oid = indrelid
     where relnamespace = current_schema()::regnamespace and indexrelid <> 'records_internal'::regclass
       and not exists (select from pg_constraint where conindid = indexrelid)`,
  )
  return rows
}

/**
 * Drops the indexes that writing does not need, runs `work`, and builds them again, which is much faster than updating them
 * for each of many new rows. Unique indexes without a constraint are dropped, too: `work` must not rely on them (`on conflict`), and
 * equal values are found only when they are built again. Until the transaction ends, other sessions can neither read nor write these
 * tables.
 * @param client a connection in a transaction; a rollback restores the indexes.
 */
export async function withIndexesRebuilt(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  const indexes = await findDroppableIndexes(client)
  if (indexes.length > 0) await client.query(`drop index ${indexes.map(({ name }) => name).join(', ')}`)
  await work()
  await client.query("set local maintenance_work_mem = '512MB'")
  for (const { definition } of indexes) await client.query(definition)
}
