import type pg from 'pg'

/**
 * Sees to it that revisions which are written from now on come after all that are there. They would not where a dump was
 * restored in a cluster whose transactions have lower numbers. Does nothing anywhere else.
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
