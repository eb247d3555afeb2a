import type pg from 'pg'

/** SQL condition that the setting `feed_offset` is too low: a revision has a transaction id that this cluster has not reached. */
const tooLowCondition = `name = 'feed_offset' and exists (
  select from revisions
  where transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + settings.value::bigint
)`

/**
 * Raises the offset of the feed's transaction ids if stored revisions have higher ids than the cluster will assign
 * next, such as after a dump was restored into another cluster. So new changes follow all stored changes in the feed.
 */
export async function alignFeed(client: pg.ClientBase): Promise<void> {
  // A database that accepts no changes also refuses an update that changes nothing.
  const { rowCount } = await client.query(`select from settings where ${tooLowCondition}`)
  if (rowCount === 0) return
  await client.query(`
    update settings set value = (
      select max(transaction) + 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint from revisions
    )
    where ${tooLowCondition}`)
}
