import type pg from 'pg'

/**
 * Adds 50 to 190 parties to each of the first agreements of a generated registry, as treaties of international organizations
 * have. The documents of the agreements are not updated.
 * @param agreements number of agreements that get parties.
 */
export async function addManyParties(pool: pg.Pool, agreements: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    // Runs as the service, so that triggers do not change the versions of the agreements.
    await client.query("set local entente.writer = 'service'")
    await client.query(
      `insert into participations (record, resource, position, country, role)
       select id, 'agreements', 1000 + row_number() over (partition by id order by draw), code, 'party'
       from (
         select agreements.id, size, code, hashtext(agreements.id::text || code) as draw,
           row_number() over (partition by agreements.id order by hashtext(agreements.id::text || code)) as place
         from (select id, 50 + abs(hashtext(id::text)) % 141 as size from agreements order by id limit $1) as agreements
           cross join countries
       ) as drawn
       where place <= size
       on conflict do nothing`,
      [agreements],
    )
    await client.query("set local entente.versioning = 'off'")
    await client.query(
      `update agreements set participating_countries = participating_countries(id)
       where id in (select id from agreements order by id limit $1)`,
      [agreements],
    )
    await client.query('commit')
    await client.query('analyze participations')
    client.release()
  } catch (error) {
    // Closes the connection, whose transaction has failed.
    client.release(true)
    throw error
  }
}
