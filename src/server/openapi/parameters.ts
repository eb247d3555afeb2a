import { type Operator, operatorMeanings } from '../../model/filters.ts'
import { maxValues, operatorName, type Parameter, type Taking } from '../../model/parameters.ts'
import type { Contract, Keyed, RequestHeader } from '../../operations/operation.ts'
import type { JsonSchema, Schemas } from './schemas.ts'

/** Node.js refuses requests whose headers together have more bytes. */
const maxHeaderBytes = 16 * 1024

/** A parameter of an operation, as OpenAPI has it. */
export interface ParameterObject {
  name: string
  in: 'path' | 'query' | 'header'
  required?: true
  description: string
  schema: JsonSchema
  [keyword: string]: unknown
}

/** A parameter of the path. */
export const pathParameter = ({ key }: Keyed, schemas: Schemas): ParameterObject => ({
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

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Says what an operator asks. What the value is, the parameter without an operator says. */
const operatorDescription = (operator: Operator, meaning: unknown) =>
  `${capitalized(operatorMeanings[operator])}.${typeof meaning === 'string' ? ` ${meaning}` : ''}`

/** Returns the schema of what an operator takes, with its own description apart, since that belongs to the parameter. */
function operandSchema(parameter: Parameter, { takes, value }: Taking, schemas: Schemas) {
  if (takes === 'truth') return { schema: { type: 'boolean' }, meaning: undefined }
  const { description, ...one } = schemas.of(value ?? parameter.jsonValue ?? parameter.value, 'input')
  const schema = takes === 'many' ? { type: 'array', items: one, maxItems: maxValues } : one
  return { schema, meaning: value && description }
}

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
    const { schema, meaning } = operandSchema(parameter, taking, schemas)
    // The parameter without an operator shows an example.
    if (operator !== 'eq' && parameter.comparisons.eq && meaning === undefined) delete schema.examples
    return {
      name: operatorName(name, operator),
      in: 'query',
      ...(parameter.presence === 'required' && operator === 'eq' && { required: true }),
      description: operator === 'eq' ? parameter.description : operatorDescription(operator, meaning),
      schema: schemas.named(schema, owner, name, operationId),
      ...(taking.takes === 'many' && { explode: false }),
    }
  })
