import type { Registry } from '../../model/registry.ts'
import { parseMapping } from './mapping/index.ts'
import type { OnEdited } from './plan.ts'
import type { SourceProperties } from './source.ts'

/** The settings in a mapping that concern the whole import. */
export interface ImportSettings {
  scheme: string
  onEdited: OnEdited
  source: SourceProperties
  /** How a mention that matches no record, or several, is treated. */
  onUnresolved: 'refuse' | 'drop'
}

/** Reads the settings of an import from its mapping. @throws Problem `invalid-mapping` with every fault of the mapping. */
export function readSettings(mapping: string, registry: Registry): ImportSettings {
  const { scheme, onEdited, onBadValue, source = {} } = parseMapping(mapping, registry)
  return { scheme, onEdited, onUnresolved: onBadValue, source }
}
