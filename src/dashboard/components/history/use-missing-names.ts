import { useEffect, useState } from 'preact/hooks'
import { readApi } from '../../api/client.ts'
import { type FormField, loadForm } from '../../api/forms.ts'
import { findName } from '../../api/names.ts'
import { apiPath } from '../../api/path.ts'
import { findResource } from '../../api/resources.ts'
import type { Names, Page, RecordDocument } from '../../api/types.ts'
import { isValues } from '../../editing/form-values.ts'
import { useLanguage } from '../../i18n/language.ts'

/** Most names that are looked up for one version. */
const maxNames = 50

/** The keys of each resource that a value names. */
function* keysIn(value: unknown, field: FormField): Generator<[resource: string, key: string]> {
  if (field.kind === 'list' && field.item && Array.isArray(value)) {
    for (const item of value) yield* keysIn(item, field.item)
  } else if (field.kind === 'reference' && typeof value === 'string') {
    for (const resource of field.resources ?? []) yield [resource, value]
  } else if (isValues(value)) {
    if (field.kind === 'participant') yield* participantKeys(value)
    for (const part of field.fields ?? []) yield* keysIn(value[part.name], part)
  }
}

const participantResources = { country: 'countries', organization: 'organizations', region: 'regions' }

function* participantKeys(value: Readonly<Record<string, unknown>>): Generator<[string, string]> {
  for (const [property, resource] of Object.entries(participantResources)) {
    const key = value[property]
    if (typeof key === 'string') yield [resource, key]
  }
}

/** Reads the names of records of a resource. */
async function readNames(resource: string, keys: readonly string[], tag: string): Promise<Names> {
  const described = findResource(resource)
  if (!described) return {}
  const { key, title } = described
  const path = apiPath(`/v1/${resource}`, { [key]: keys, fields: [key, title], limit: maxNames })
  const { data } = await readApi<Page<RecordDocument>>(path, tag)
  return { [resource]: Object.fromEntries(data.map((record) => [record[key], String(record[title])])) }
}

/**
 * Adds the names of what earlier versions refer to: the names of a record are of what it refers to now. A name that cannot be
 * read stays a key.
 */
export function useMissingNames(resource: string, names: Names, values: readonly RecordDocument[]): Names {
  const { tag } = useLanguage()
  const [found, setFound] = useState<Names>({})
  useEffect(() => {
    let isGone = false
    const load = async () => {
      const form = await loadForm(resource)
      const missing = new Map<string, Set<string>>()
      for (const value of values) {
        for (const field of form) {
          for (const [target, key] of keysIn(value[field.name], field)) {
            if (!findName(names, key)) missing.set(target, (missing.get(target) ?? new Set()).add(key))
          }
        }
      }
      const read = [...missing].map(([target, keys]) => readNames(target, [...keys].slice(0, maxNames), tag))
      const all = await Promise.all(read)
      if (!isGone && all.length > 0) setFound(Object.assign({}, ...all))
    }
    load().catch(() => undefined)
    return () => {
      isGone = true
    }
  }, [resource, tag, JSON.stringify(values)])
  return mergeNames(names, found)
}

const mergeNames = (one: Names, other: Names): Names =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((resource) => [
      resource,
      { ...one[resource], ...other[resource] },
    ]),
  )
