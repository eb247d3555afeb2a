import type pg from 'pg'

/**
 * Raises the offset of the feed's transaction ids when stored revisions have higher ids than the cluster will assign, as
 * after a dump was restored in another cluster. So later changes follow all stored ones in the feed.
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
