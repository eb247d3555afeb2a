import type { Registry } from '../../model/registry.ts'
import { type Mapping, parseMapping, parseStoredMapping } from './mapping/index.ts'
import type { OnEdited } from './plan.ts'
import type { SourceProperties } from './source.ts'
import type { OnBadValue } from './types.ts'

/** The settings in a mapping that concern the whole import. */
export interface ImportSettings {
  scheme: string
  onEdited: OnEdited
  source: SourceProperties
  /** How a mention that matches no record, or several, is treated. */
  onUnresolved: OnBadValue
}

/** Whether a mapping makes all its records internal, by a constant: `=internal` or `{ value: internal }`, in any case. */
const isInternal = ({ records }: Mapping): boolean =>
  Object.values(records)
    .flat()
    .every(({ properties: { visibility = '' } }) => {
      if (typeof visibility === 'string') return /^=\s*internal\s*$/i.test(visibility)
      if (!('value' in visibility) || Object.keys(visibility).length > 1) return false
      return /^\s*internal\s*$/i.test(String(visibility.value))
    })

const settingsOf = (mapping: Mapping): ImportSettings => ({
  scheme: mapping.scheme,
  onEdited: mapping.onEdited,
  onUnresolved: mapping.onBadValue,
  // The record of `sources` for the import has the names of the files and of the actor. So it is internal if all records are,
  // unless the mapping states its visibility.
  source: { ...(isInternal(mapping) && { visibility: 'internal' }), ...mapping.source },
})

/** Reads the settings of an import from its mapping. @throws Problem `invalid-mapping`, as `parseMapping` does. */
export const readSettings = (mapping: string, registry: Registry): ImportSettings =>
  settingsOf(parseMapping(mapping, registry))

/**
 * Reads the settings from the mapping of a stored import, which an earlier version of the service may have accepted.
 * @throws Problem `invalid-mapping`, as `parseStoredMapping` does.
 */
export const readStoredSettings = (mapping: string, registry: Registry): ImportSettings =>
  settingsOf(parseStoredMapping(mapping, registry))
