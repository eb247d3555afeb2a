import { propertiesOf } from '../model/document.ts'
import { type CheckedQuery, getWords, invalidParameters, type Parameter, words } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'

/** The representation of a record: its properties, and the records included with it. */
export interface Representation {
  fields: readonly string[]
  include: string[]
}

/** Returns the parameters `fields` and `include`. */
export function representationParameters(resource: Resource): Record<string, Parameter> {
  const includes = Object.entries(resource.includes())
  const descriptions = includes.map(([name, { description }]) => `\`${name}\`: ${description}`)
  return {
    fields: words(propertiesOf(resource), 'Properties to return, separated by commas; all when left out.'),
    include: words(
      includes.map(([name]) => name),
      `Related records to add to each record, separated by commas. ${descriptions.join(' ')}`,
    ),
  }
}

/** Refuses repeated names. @throws Problem `invalid-parameter`. */
export function refuseRepeated(parameter: string, names: string[]): void {
  const repeated = names.filter((name, at) => names.indexOf(name) < at)
  if (repeated.length > 0) {
    throw invalidParameters(
      repeated.map((name) => ({ parameter, code: 'repeated', message: `"${name}" is given twice` })),
    )
  }
}

function parseRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const fields = getWords(query, 'fields')
  const include = getWords(query, 'include')
  refuseRepeated('fields', fields)
  refuseRepeated('include', include)
  const properties = propertiesOf(resource)
  return {
    fields: fields.length > 0 ? properties.filter((name) => fields.includes(name)) : properties,
    include: include.sort(),
  }
}

const representations = new WeakMap<CheckedQuery, Representation>()

/**
 * Returns the representation of a checked query, in the order of the declaration whatever the order in the request. It is
 * cached by the query object.
 * @throws Problem `invalid-parameter` for repeated values.
 */
export function readRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const representation = representations.get(query) ?? parseRepresentation(resource, query)
  representations.set(query, representation)
  return representation
}
