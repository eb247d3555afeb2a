/** Maximum of the default `POOL_SIZE`, and the default for a PostgreSQL whose number of processors is unknown. */
export const maxDefaultPoolSize = 10

/**
 * Returns the default `POOL_SIZE` for an embedded PostgreSQL. On two processors that other programs used, too, the service made 11
 * to 35 % more changes per second on six connections than on ten: each connection is a process of PostgreSQL with its own caches.
 */
export const embeddedPoolSize = (processors: number): number =>
  Math.min(Math.max(3 * processors, 4), maxDefaultPoolSize)
