import { parseDocument } from 'yaml'
import type { Registry } from '../../../model/registry.ts'
import { checkValue } from '../../../problems/faults.ts'
import { type FaultList, Problem } from '../../../problems/problem.ts'
import { compileMapping } from './compile.ts'
import { mappingSchema } from './schema.ts'
import type { Mapping } from './types.ts'

/** Maximum length of a mapping, in characters. */
export const maxMappingLength = 200_000

/**
 * Parses a mapping in YAML 1.2 or JSON.
 * @throws Problem of type invalid-mapping with a fault for each unknown key, wrong value and missing property.
 */
export function parseMapping(text: string, registry: Registry): Mapping {
  const mapping = parseStoredMapping(text, registry)
  const { faults } = compileMapping(mapping, registry)
  if (faults.count > 0) throw invalidMapping(faults)
  return mapping
}

/**
 * Parses a mapping that was accepted before, perhaps by an earlier version, which had other rules for its values.
 * @throws Problem of type invalid-mapping when it does not have the form of a mapping.
 */
export function parseStoredMapping(text: string, registry: Registry): Mapping {
  if (text.length > maxMappingLength) {
    throw new Problem('invalid-mapping', `A mapping has at most ${maxMappingLength} characters.`)
  }
  const value = parseYaml(text)
  const { data, faults } = checkValue(mappingSchema(registry), value)
  if (!data) throw invalidMapping(faults)
  return data
}

function parseYaml(text: string): unknown {
  // A mapping needs few aliases. Many aliases are an attack on memory.
  const document = parseDocument(text, { prettyErrors: true, maxAliasCount: 100 } as object)
  const [error] = document.errors
  if (error) throw new Problem('invalid-mapping', `The mapping is neither YAML nor JSON: ${error.message}`)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new Problem('invalid-mapping', 'The mapping has too many aliases.', { cause })
  }
}

const invalidMapping = (errors: FaultList) =>
  new Problem(
    'invalid-mapping',
    `The mapping has ${errors.count} ${errors.count === 1 ? 'fault' : 'faults'}.`,
    {
      errors,
    },
  )
