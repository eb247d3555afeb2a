import { type Operator, operatorName } from '../../model/filters.ts'
import { maxValues, mayHaveCommas, type OperandSpec, type Parameter } from '../../model/parameters.ts'
import type { Contract, KeyedCollection, RequestHeader } from '../../operations/operation.ts'
import type { JsonSchema, Schemas } from './schemas.ts'

/** Maximum bytes of all headers together. Node.js refuses requests with more. */
const maxHeaderBytes = 16 * 1024

/** A parameter object of OpenAPI. */
export interface ParameterObject {
  name: string
  in: 'path' | 'query' | 'header'
  required?: true
  description?: string
  schema: JsonSchema
  [keyword: string]: unknown
}

/** Returns the path parameter with the key of a record, or with the id of another entry, such as an import. */
export const pathParameter = ({ name, noun, key }: KeyedCollection, schemas: Schemas): ParameterObject => ({
  name: key.property,
  in: 'path',
  required: true,
  description: name === undefined ? `The id of the ${noun}.` : 'The key of the record.',
  schema: schemas.toJson(key.schema, 'output'),
})

/** Returns a path parameter other than the key. */
export const segmentParameter = (name: string, segment: Parameter, schemas: Schemas): ParameterObject => ({
  name,
  in: 'path',
  required: true,
  description: segment.description,
  schema: schemas.toJson(segment.jsonValue ?? segment.value, 'input'),
})

/** Returns the parameter object of a request header. */
export const headerParameter = ({
  name,
  isRequired,
  description,
  example,
  pattern,
}: RequestHeader): ParameterObject => ({
  name,
  in: 'header',
  ...(isRequired && { required: true }),
  description,
  schema: { type: 'string', ...(pattern === undefined ? { maxLength: maxHeaderBytes } : { pattern }) },
  example,
})

/**
 * Returns the schema of an operator's operand and, separately, its description, which belongs to the parameter. The
 * introduction of the document describes what each operator compares.
 */
function operandSchema(
  parameter: Parameter,
  { takes, value }: OperandSpec,
  schemas: Schemas,
): { schema: JsonSchema; meaning?: unknown } {
  if (takes === 'boolean') return { schema: { type: 'boolean' } }
  const { description, ...item } = schemas.toJson(value ?? parameter.jsonValue ?? parameter.value, 'input')
  const schema = takes === 'many' ? { type: 'array', items: item, maxItems: maxValues } : item
  return { schema, meaning: description }
}

const sentences = (...texts: unknown[]) => texts.filter((text) => typeof text === 'string').join(' ')

/**
 * Returns the OpenAPI parameters of a query parameter: one for each of its documented operators (`signedOn[gte]`), since most
 * generators cannot serialize objects into a query. Several values are separated by commas, unless a value may contain commas.
 * @param singular the singular of the resource, if there is one. Names of enumerations contain it or the operation's id.
 */
export const queryParameters = (
  name: string,
  parameter: Parameter,
  {
    singular,
    operationId,
    documentedOperators,
  }: Pick<Contract, 'operationId' | 'documentedOperators'> & { singular: string | undefined },
  schemas: Schemas,
): ParameterObject[] =>
  Object.entries(parameter.comparisons).flatMap(([word, operand]) => {
    // Comparisons are keyed by operators.
    const operator = word as Operator
    if (documentedOperators?.includes(operator) === false) return []
    const isPlain = operator === 'eq'
    const { schema, meaning } = operandSchema(parameter, operand, schemas)
    const hasPlain = parameter.comparisons.eq !== undefined
    // The example of the parameter without an operator is enough, unless this operator takes other values.
    if (!isPlain && hasPlain && !operand.value)
      for (const part of [schema, Object(schema.items)]) delete part.examples
    return {
      name: operatorName(name, operator),
      in: 'query',
      ...(parameter.isRequired && isPlain && { required: true }),
      ...(isPlain && { description: parameter.description }),
      ...(!hasPlain && { description: sentences(parameter.description, meaning) }),
      schema: schemas.nameEnums(schema, singular, name, operationId),
      // Some generators encode the commas between values. So where values may contain commas, the name is repeated.
      ...(operand.takes === 'many' && !mayHaveCommas(operand.value ?? parameter.value) && { explode: false }),
    }
  })
