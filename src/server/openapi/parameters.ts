import { maxValues, type Parameter, type Taking, truth } from '../../model/parameters.ts'
import type { Keyed, RequestHeader } from '../../operations/operation.ts'
import { maxUrlLength } from '../plugins/url-limit.ts'
import type { JsonSchema, Schemas } from './schemas.ts'

/** Node.js refuses requests whose headers together have more bytes. */
const maxHeaderBytes = 16 * 1024

/** OpenAPI has no notation for a list inside an object of a query. */
const several: JsonSchema = {
  type: 'string',
  pattern: ',',
  maxLength: maxUrlLength,
  description: `Several, with commas between, at most ${maxValues}.`,
}

const listed = (item: JsonSchema): JsonSchema => ({ type: 'array', items: item, maxItems: maxValues })

/** A parameter of the path. */
export const pathParameter = ({ noun, key }: Keyed, schemas: Schemas) => ({
  name: key.property,
  in: 'path',
  required: true,
  description: `The ${key.property} of the ${noun}.`,
  schema: schemas.of(key.schema, 'output'),
})

/** Another parameter of the path than the key. */
export const segmentParameter = (name: string, segment: Parameter, schemas: Schemas) => ({
  name,
  in: 'path',
  required: true,
  description: segment.description,
  schema: schemas.of(segment.jsonValue ?? segment.value, 'input'),
})

/** A request header. */
export const headerParameter = ({ name, presence, description, example }: RequestHeader) => ({
  name,
  in: 'header',
  required: presence === 'required',
  description,
  schema: { type: 'string', maxLength: maxHeaderBytes },
  example,
})

/**
 * A query parameter: a list separated by commas, one value, or, when it has operators, either of these or an object
 * of operators in deepObject style (`signedOn[gte]=2011`).
 */
export function queryParameter(name: string, parameter: Parameter, schemas: Schemas) {
  // The description stands at the parameter, and not again at its operators.
  const { description, examples, ...value } = schemas.of(parameter.jsonValue ?? parameter.value, 'input')
  const { eq, ...bracketed } = parameter.comparisons
  const given = ({ takes, value: own }: Taking): JsonSchema => {
    if (takes === 'truth') return schemas.of(truth, 'input')
    const one = own ? schemas.of(own, 'input') : value
    return takes === 'many' ? { anyOf: [one, several] } : one
  }
  const operators = Object.entries(bracketed)
  const common = {
    name,
    in: 'query',
    required: parameter.presence === 'required',
    description: parameter.description,
  }
  if (operators.length === 0) {
    return eq?.takes === 'many'
      ? { ...common, schema: listed(value), style: 'form', explode: false }
      : { ...common, schema: value }
  }
  const compared: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(operators.map(([operator, taking]) => [operator, given(taking)])),
    additionalProperties: false,
  }
  return {
    ...common,
    description: `${parameter.description} Operators: ${operators.map(([operator]) => `\`${name}[${operator}]\``).join(', ')}.`,
    schema: eq ? { anyOf: [eq.takes === 'many' ? listed(value) : value, compared] } : compared,
    style: 'deepObject',
    explode: true,
  }
}
