/**
 * The JSON of a page: `{"data":[…],"page":{…}}`.
 * @param items JSON texts, joined with commas, as PostgreSQL composes them.
 * @param page what the page says of itself, such as its limit and the cursor of the next one.
 */
export const pageEnvelope = (items: string, page: Readonly<Record<string, unknown>>): string =>
  `{"data":[${items}],"page":${JSON.stringify(page)}}`
