import { LRUCache } from 'lru-cache'
import type pg from 'pg'

/** How many statements a connection keeps prepared. PostgreSQL needs some 100 kB for each. */
const most = 200

/** What pg keeps on a connection, beside what it tells of: the texts of its prepared statements by their names. */
type Connection = pg.Connection & { parsedStatements: Record<string, string> }

/**
 * Has the server forget a prepared statement. By the protocol's own message, since poolers such as PgBouncer know
 * the statement by another name and pass SQL on as it is.
 */
class Forget implements pg.Submittable {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  submit(connection: pg.Connection): void {
    // pg itself reads this property, which its types leave out, before it prepares a statement.
    delete (connection as Connection).parsedStatements[this.#name]
    connection.close({ type: 'S', name: this.#name }, false)
    connection.sync()
  }

  // What pg tells whatever it has submitted; a connection that fails has forgotten everything anyway.
  handleReadyForQuery(): void {}
  handleError(): void {}
}

/**
 * Bounds the statements that a connection keeps prepared, which pg and PostgreSQL would both keep for ever: those
 * that were not used for longest are forgotten.
 */
export function boundPrepared(client: pg.ClientBase): void {
  const query = client.query
  const prepared = new LRUCache<string, true>({
    max: most,
    dispose: (_value, name, reason) => {
      if (reason === 'evict') Reflect.apply(query, client, [new Forget(name)])
    },
  })
  const bounded = (...given: unknown[]): unknown => {
    const [config] = given
    if (typeof config === 'object' && config !== null && 'name' in config && typeof config.name === 'string')
      prepared.set(config.name, true)
    return Reflect.apply(query, client, given)
  }
  // It takes and returns what pg's own does, by passing it on.
  client.query = bounded as typeof query
}
