import { useEffect, useState } from 'preact/hooks'
import { type FormField, loadForm, participantProperties } from '../../api/forms.ts'
import { mergeNames, nameIn, readNames } from '../../api/names.ts'
import type { Names, RecordDocument } from '../../api/types.ts'
import { isPlainObject } from '../../editing/form-values.ts'
import { useLanguage } from '../../i18n/language.ts'

/** Yields the resource and key of each record that a value refers to, except references of the kind `record`. */
function* keysIn(value: unknown, field: FormField): Generator<[resource: string, key: string]> {
  if (field.kind === 'list' && field.item && Array.isArray(value)) {
    for (const item of value) yield* keysIn(item, field.item)
  } else if (field.kind === 'reference' && typeof value === 'string') {
    for (const resource of field.resources ?? []) yield [resource, value]
  } else if (isPlainObject(value)) {
    if (field.kind === 'participant') yield* participantKeys(value)
    for (const part of field.fields ?? []) yield* keysIn(value[part.name], part)
  }
}

function* participantKeys(value: Readonly<Record<string, unknown>>): Generator<[string, string]> {
  for (const [resource, property] of Object.entries(participantProperties)) {
    const key = value[property]
    if (typeof key === 'string') yield [resource, key]
  }
}

/** Returns each key as its own name, since `Value` shows only keys with a name as links. Removed records have a page, too. */
const keysAsNames = (keys: ReadonlyMap<string, ReadonlySet<string>>): Names =>
  Object.fromEntries(
    [...keys].map(([resource, all]) => [resource, Object.fromEntries([...all].map((key) => [key, key]))]),
  )

/**
 * Returns known names together with the names of the other records to which versions of a record refer. If a request fails,
 * no further names are added. A record without a name, such as a removed one, has its key as name.
 * @param names the known names, such as those of the records to which the current version refers.
 * @param values objects with some or all properties of a version: those whose values are shown.
 */
export function useMissingNames(resource: string, names: Names, values: readonly RecordDocument[]): Names {
  const { tag } = useLanguage()
  const [found, setFound] = useState<Names>({})
  useEffect(() => {
    let isObsolete = false
    const load = async () => {
      if (values.length === 0) return
      const form = await loadForm(resource)
      const missing = new Map<string, Set<string>>()
      for (const value of values) {
        for (const field of form) {
          for (const [target, key] of keysIn(value[field.name], field)) {
            if (nameIn(names, target, key) === undefined)
              missing.set(target, (missing.get(target) ?? new Set()).add(key))
          }
        }
      }
      const read = await readNames(missing, tag)
      if (!isObsolete && missing.size > 0) setFound(mergeNames(keysAsNames(missing), read))
    }
    load().catch(() => undefined)
    return () => {
      isObsolete = true
    }
  }, [resource, tag, JSON.stringify(values)])
  return mergeNames(names, found)
}
