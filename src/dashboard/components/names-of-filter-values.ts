import { useEffect, useState } from 'preact/hooks'
import { splitValues } from '../../view-data.ts'
import { readNames } from '../api/names.ts'
import type { ResourceDescription } from '../api/resources.ts'
import type { Names } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { type Session, useSession } from '../session.ts'

/** Patterns of the names of filters that take keys of records, each with the resource of these records. */
const keyFilters: readonly [filter: RegExp, resource: string][] = [
  [/country$|^partnerOf$|^successor$/i, 'countries'],
  [/region$/i, 'regions'],
  [/topic$|^sector$/i, 'topics'],
  [/organization$/i, 'organizations'],
  [/^agreement$/, 'agreements'],
  [/^source$/, 'sources'],
]

/** Filters that take keys of other records of the resource that they filter. */
const sameResourceFilters = ['parent', 'broader', 'partOf', 'relatedTo']

function resourceOfKeys({ name, key }: ResourceDescription, parameter: string): string | undefined {
  const [filter = ''] = parameter.split('[')
  if (filter === key || sameResourceFilters.includes(filter)) return name
  return keyFilters.find(([expression]) => expression.test(filter))?.[1]
}

const noNames: Names = {}

/** Returns the key of a value of a filter, without the role of a participant: `CHN` of `CHN:party`. */
export const keyOfValue = (value: string): string => value.split(':')[0] ?? value

/**
 * Reads the names of the records whose keys are values of filters. If a request fails, the previous names stay. Names that were read in
 * an earlier session are not returned: they may be those of internal records.
 * @param resource the resource whose list has the filters. Without it, no names are read.
 */
export function useNamesOfFilterValues(
  resource: ResourceDescription | undefined,
  filters: Readonly<Record<string, string>>,
): Names {
  const { tag } = useLanguage()
  const { session } = useSession()
  const [read, setRead] = useState<{ session: Session | undefined; names: Names }>()
  useEffect(() => {
    let isObsolete = false
    const keys = new Map<string, Set<string>>()
    for (const [parameter, value] of Object.entries(filters)) {
      const target = resource && resourceOfKeys(resource, parameter)
      // The values of `isNull` are booleans, and those of `noneAs` are roles.
      if (target === undefined || /\[(isNull|noneAs)\]$/.test(parameter)) continue
      keys.set(
        target,
        new Set([...(keys.get(target) ?? []), ...splitValues(parameter, value).map(keyOfValue)]),
      )
    }
    readNames(keys, tag).then(
      (names) => {
        if (!isObsolete) setRead({ session, names })
      },
      () => undefined,
    )
    return () => {
      isObsolete = true
    }
  }, [resource, tag, session, JSON.stringify(filters)])
  return read !== undefined && read.session === session ? read.names : noNames
}
