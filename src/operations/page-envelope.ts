/**
 * Returns the JSON of a page: `{"data":[…],"page":{…}}`, perhaps with `"names":{…}`.
 * @param items JSON texts, joined with commas.
 * @param page the properties of `page`, such as the limit and the cursor of the next page.
 * @param names JSON of the names of the referenced records, if requested.
 */
export const pageEnvelope = (
  items: string,
  page: Readonly<Record<string, unknown>>,
  names?: string,
): string =>
  `{"data":[${items}],"page":${JSON.stringify(page)}${names === undefined ? '' : `,"names":${names}`}}`

/**
 * Returns the JSON of a page of items.
 * @param found the items, of which one more than `limit` was read to find out whether another page follows.
 * @param cursorOf returns the cursor after an item.
 */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
  { toJson, cursorOf }: { toJson: (item: Item) => string; cursorOf: (item: Item) => string },
): string {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const next = found.length > limit && last !== undefined ? cursorOf(last) : null
  return pageEnvelope(items.map(toJson).join(), { limit, next })
}
