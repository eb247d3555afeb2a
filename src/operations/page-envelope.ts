/**
 * Returns the JSON of a page: `{"data":[…],"page":{…}}`.
 * @param items JSON texts, joined with commas, as PostgreSQL composes them.
 * @param page limit, next cursor and total.
 */
export const pageEnvelope = (items: string, page: Readonly<Record<string, unknown>>): string =>
  `{"data":[${items}],"page":${JSON.stringify(page)}}`
