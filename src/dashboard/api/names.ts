import { readApi } from './client.ts'
import { apiPath } from './path.ts'
import { findResource } from './resources.ts'
import type { Names, Page, RecordDocument } from './types.ts'

/** Finds the resource and name of the record that a value refers to, if the response names it. */
export function findName(names: Names, value: string): { resource: string; name: string } | undefined {
  for (const [resource, dictionary] of Object.entries(names)) {
    const name = dictionary[value]
    if (name !== undefined) return { resource, name }
  }
  return undefined
}

/** Maximum number of names of one resource in a request. */
const maxNames = 50

async function readResourceNames(
  resource: string,
  keys: ReadonlySet<string>,
  language: string,
): Promise<Names> {
  const described = findResource(resource)
  if (!described) return {}
  const { key, title } = described
  const path = apiPath(`/v1/${resource}`, {
    [key]: [...keys].slice(0, maxNames),
    fields: [key, title],
    limit: maxNames,
  })
  const { data } = await readApi<Page<RecordDocument>>(path, language)
  return { [resource]: Object.fromEntries(data.map((record) => [record[key], String(record[title])])) }
}

/**
 * Reads the names of records.
 * @param keys those of each resource.
 * @throws ApiError when names of one resource cannot be read.
 */
export async function readNames(
  keys: ReadonlyMap<string, ReadonlySet<string>>,
  language: string,
): Promise<Names> {
  const read = [...keys].map(([resource, own]) => readResourceNames(resource, own, language))
  return Object.assign({}, ...(await Promise.all(read)))
}
