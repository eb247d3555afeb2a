/**
 * Returns the JSON of a page: `{"data":[…],"page":{…}}`, perhaps with `"names":{…}`.
 * @param items JSON texts, joined with commas, as PostgreSQL composes them.
 * @param page limit, next cursor and total.
 * @param names JSON of the names of the referenced records, if requested.
 */
export const pageEnvelope = (
  items: string,
  page: Readonly<Record<string, unknown>>,
  names?: string,
): string =>
  `{"data":[${items}],"page":${JSON.stringify(page)}${names === undefined ? '' : `,"names":${names}`}}`
