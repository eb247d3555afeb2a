import type pg from 'pg'

/**
 * Raises the offset of the feed's transaction ids if stored revisions have higher ids than the cluster will assign, such as
 * after a dump was restored in another cluster. So new changes follow all stored changes in the feed.
 */
export async function alignFeed(client: pg.ClientBase): Promise<void> {
  await client.query(`
    update settings set value = (
      select max(transaction) + 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint from revisions
    )
    where name = 'feed_offset' and exists (
      select from revisions
      where transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + settings.value::bigint
    )`)
}
