import type { Registry } from '../../model/registry.ts'
import { type Mapping, parseStoredMapping } from './mapping/index.ts'
import type { OnEdited } from './plan.ts'
import type { SourceProperties } from './source.ts'
import type { OnBadValue } from './types.ts'

/** The settings in a mapping that concern the whole import. */
export interface ImportSettings {
  onEdited: OnEdited
  source: SourceProperties
  /** How a mention without `onUnresolved` is treated if it matches no record or several. */
  onUnresolved: OnBadValue
}

/** Whether a mapping makes all its records internal, by a constant: `=internal` or `{ value: internal }`. Ignores letter case. */
const isInternal = ({ records }: Mapping): boolean =>
  Object.values(records)
    .flat()
    .every(({ properties: { visibility = '' } }) => {
      if (typeof visibility === 'string') return /^=\s*internal\s*$/i.test(visibility)
      if (!('value' in visibility) || Object.keys(visibility).length > 1) return false
      return /^\s*internal\s*$/i.test(String(visibility.value))
    })

/**
 * Reads the settings from the mapping of a stored import, which an earlier version of the service may have accepted.
 * @throws Problem `invalid-mapping`, as `parseStoredMapping` does.
 */
export function readStoredSettings(text: string, registry: Registry): ImportSettings {
  const mapping = parseStoredMapping(text, registry)
  return {
    onEdited: mapping.onEdited,
    onUnresolved: mapping.onBadValue,
    // The record of `sources` for the import has the names of the files and of the actor. So it is internal if all records are,
    // unless the mapping states its visibility.
    source: { ...(isInternal(mapping) && { visibility: 'internal' }), ...mapping.source },
  }
}
