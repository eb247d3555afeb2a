import { readApi } from './client.ts'
import { withQuery } from './path.ts'
import { findResource, resources } from './resources.ts'
import { hasTitlesIn, titleOf, titleProperties } from './titles.ts'
import type { Names, Page, RecordDocument } from './types.ts'

/** Returns the resource and name of the record with this key; undefined if `names` does not contain the key. */
export function findName(names: Names, key: string): { resource: string; name: string } | undefined {
  for (const resource of Object.keys(names)) {
    const name = nameIn(names, resource, key)
    if (name !== undefined) return { resource, name }
  }
  return undefined
}

/** Returns the name of a record; undefined if `names` does not contain it. */
export function nameIn(names: Names, resource: string, key: string): string | undefined {
  const dictionary = names[resource] ?? {}
  // A slug may be the name of a property that every object inherits, such as `constructor`.
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined
}

/** Merges two sets of names, resource by resource. If both have a name for a key, the result has the name of `other`. */
export const mergeNames = (one: Names, other: Names = {}): Names => ({
  ...one,
  ...Object.fromEntries(
    Object.entries(other).map(([resource, names]) => [resource, { ...one[resource], ...names }]),
  ),
})

/** Maximum number of names that a request reads. */
const maxNames = 50

/** @param keys at most `maxNames` keys of records. */
async function readResourceNames(
  resource: string,
  keys: readonly string[],
  language: string,
  signal?: AbortSignal,
): Promise<Names> {
  const description = findResource(resource)
  if (!description) return {}
  const { key } = description
  const path = withQuery(`/v1/${resource}`, {
    [key]: keys,
    fields: titleProperties(description, language),
    limit: maxNames,
  })
  const { data } = await readApi<Page<RecordDocument>>(path, language, signal)
  const names = data.map((record) => [record[key], titleOf(description, record, language)])
  return { [resource]: Object.fromEntries(names) }
}

/**
 * Reads the names of records.
 * @param keys keys of records, by resource.
 * @throws ApiError when the names of any resource cannot be read.
 */
export async function readNames(
  keys: ReadonlyMap<string, ReadonlySet<string>>,
  language: string,
): Promise<Names> {
  const reads = [...keys].flatMap(([resource, recordKeys]) =>
    chunk([...recordKeys], maxNames).map((some) => readResourceNames(resource, some, language)),
  )
  return (await Promise.all(reads)).reduce<Names>(mergeNames, {})
}

/**
 * Reads the titles of records in a language, for lists in which the service sends the same titles in every language. Requests are
 * sent only for resources whose records can have another title in this language.
 * @returns the titles by resource and key, without those of failed requests.
 * @throws the reason of an aborted signal.
 */
export async function readTitles(
  records: readonly { resource: string; key: string }[],
  language: string,
  signal: AbortSignal,
): Promise<Names> {
  const reads = resources
    .filter((resource) => hasTitlesIn(language, resource))
    .flatMap(({ name }) => {
      const keys = records.filter(({ resource }) => resource === name).map(({ key }) => key)
      return chunk([...new Set(keys)], maxNames).map((some) =>
        readResourceNames(name, some, language, signal).catch((): Names => {
          signal.throwIfAborted()
          return {}
        }),
      )
    })
  return (await Promise.all(reads)).reduce<Names>(mergeNames, {})
}

/** Splits a list into lists of at most `size` items. */
const chunk = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
