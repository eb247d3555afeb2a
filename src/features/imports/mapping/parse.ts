import { z } from 'zod'
import type { Registry } from '../../../model/registry.ts'
import { faultCountText } from '../../../operations/writing/validation.ts'
import { checkValueRefusingProto } from '../../../problems/faults.ts'
import { type FaultList, Problem } from '../../../problems/problem.ts'
import { type RowOptions, rowOptions } from '../reading/options.ts'
import { compileMapping } from './compile.ts'
import { type Mapping, mappingSchema } from './schema.ts'
import { type ParsedYaml, parseYaml } from './yaml.ts'

/**
 * Checks a mapping: the syntax of its YAML, then its schema, then whether it can be compiled.
 * @param yaml the result of `parseYaml`.
 * @throws Problem `invalid-mapping` with the faults of the first of these checks that fails.
 */
export function checkMapping(yaml: ParsedYaml, registry: Registry): Mapping {
  const mapping = checkForm(yaml, registry)
  const { faults } = compileMapping(mapping, registry)
  if (faults.count > 0) throw invalidMapping(faults)
  return mapping
}

/**
 * Parses a mapping in YAML 1.2 or JSON.
 * @throws Problem `invalid-mapping`, as `checkMapping` does.
 */
export const parseMapping = (text: string, registry: Registry): Mapping =>
  checkMapping(parseYaml(text), registry)

/**
 * Parses a mapping that was accepted before. Does not check whether it can be compiled, since an earlier version of the service may
 * have accepted it by other rules.
 * @throws Problem `invalid-mapping` if it is not YAML, or does not match the schema of mappings.
 */
export const parseStoredMapping = (text: string, registry: Registry): Mapping =>
  checkForm(parseYaml(text), registry)

/**
 * Returns `rows` of a mapping that may have faults elsewhere. With these options, the columns of the imported file can be read in
 * spite of such faults.
 * @returns no options if `rows` itself has a fault.
 */
export function readRowOptions(yaml: ParsedYaml): RowOptions {
  if (yaml.fault) return {}
  const { data } = z.object({ rows: rowOptions }).safeParse(yaml.value)
  return data?.rows ?? {}
}

function checkForm(yaml: ParsedYaml, registry: Registry): Mapping {
  if (yaml.fault) {
    const { line, column, message } = yaml.fault
    if (line === null) throw new Problem('invalid-mapping', message)
    throw new Problem(
      'invalid-mapping',
      `The mapping cannot be parsed at line ${line}, column ${column}: ${message}`,
    )
  }
  if (typeof yaml.value !== 'object' || yaml.value === null || Array.isArray(yaml.value))
    throw new Problem('invalid-mapping', noMapping)
  const { data, faults } = checkValueRefusingProto(mappingSchema(registry), yaml.value)
  if (!data) throw invalidMapping(faults)
  return data
}

const noMapping =
  'This is not a mapping, but other text or nothing. A mapping is YAML or JSON with the keys scheme and records.'

const invalidMapping = (errors: FaultList) =>
  new Problem('invalid-mapping', `The mapping has ${faultCountText(errors.count)}.`, { errors })
