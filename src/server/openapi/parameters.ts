import type { Operator } from '../../model/filters.ts'
import { maxValues, operatorName, type Parameter, type Taking } from '../../model/parameters.ts'
import type { Contract, KeyedCollection, RequestHeader } from '../../operations/operation.ts'
import type { JsonSchema, Schemas } from './schemas.ts'

/** Node.js refuses requests whose headers together have more bytes. */
const maxHeaderBytes = 16 * 1024

/** A parameter of an operation, as OpenAPI has it. */
export interface ParameterObject {
  name: string
  in: 'path' | 'query' | 'header'
  required?: true
  description?: string
  schema: JsonSchema
  [keyword: string]: unknown
}

/** A parameter of the path. */
export const pathParameter = ({ key }: KeyedCollection, schemas: Schemas): ParameterObject => ({
  name: key.property,
  in: 'path',
  required: true,
  description: 'The key of the record.',
  schema: schemas.of(key.schema, 'output'),
})

/** Another parameter of the path than the key. */
export const segmentParameter = (name: string, segment: Parameter, schemas: Schemas): ParameterObject => ({
  name,
  in: 'path',
  required: true,
  description: segment.description,
  schema: schemas.of(segment.jsonValue ?? segment.value, 'input'),
})

/** A request header. */
export const headerParameter = ({
  name,
  presence,
  description,
  example,
}: RequestHeader): ParameterObject => ({
  name,
  in: 'header',
  ...(presence === 'required' && { required: true }),
  description,
  schema: { type: 'string', maxLength: maxHeaderBytes },
  example,
})

/**
 * Returns the schema of an operator's operand and, separately, its description, which belongs to the parameter. The
 * introduction of the document describes what each operator compares.
 */
function operandSchema(
  parameter: Parameter,
  { takes, value }: Taking,
  schemas: Schemas,
): { schema: JsonSchema; meaning?: unknown } {
  if (takes === 'boolean') return { schema: { type: 'boolean' } }
  const { description, ...one } = schemas.of(value ?? parameter.jsonValue ?? parameter.value, 'input')
  const schema = takes === 'many' ? { type: 'array', items: one, maxItems: maxValues } : one
  return { schema, meaning: description }
}

const sentences = (...texts: unknown[]) => texts.filter((text) => typeof text === 'string').join(' ')

/**
 * Returns the parameters of the query that a parameter stands for: one for each of its operators (`signedOn[gte]`), since
 * most generators cannot write objects into a query. Several values are a list with commas between.
 * @param owner singular of the resource; with the id of the operation it gives names to enumerations.
 */
export const queryParameters = (
  name: string,
  parameter: Parameter,
  {
    owner,
    operationId,
    listedOperators,
  }: Pick<Contract, 'operationId' | 'listedOperators'> & { owner: string },
  schemas: Schemas,
): ParameterObject[] =>
  Object.entries(parameter.comparisons).flatMap(([word, taking]) => {
    // Comparisons are keyed by operators.
    const operator = word as Operator
    if (listedOperators?.includes(operator) === false) return []
    const isPlain = operator === 'eq'
    const { schema, meaning } = operandSchema(parameter, taking, schemas)
    const hasPlain = parameter.comparisons.eq !== undefined
    // The parameter without an operator shows an example, unless the operator takes something else.
    if (!isPlain && hasPlain && !taking.value) delete schema.examples
    return {
      name: operatorName(name, operator),
      in: 'query',
      ...(parameter.presence === 'required' && isPlain && { required: true }),
      ...(isPlain && { description: parameter.description }),
      ...(!hasPlain && { description: sentences(parameter.description, meaning) }),
      schema: schemas.named(schema, owner, name, operationId),
      ...(taking.takes === 'many' && { explode: false }),
    }
  })
