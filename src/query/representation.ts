import { propertiesOf } from '../model/document.ts'
import { type CheckedQuery, getWords, invalidParameters, type Parameter, words } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'

/** The representation of a record: its properties, and the records included with it. */
export interface Representation {
  fields: readonly string[]
  include: string[]
  /** Whether the names of the records that it refers to are added; not when left out. */
  names?: boolean
}

/** The value of `include` that adds names. */
export const namesInclude = 'names'

const names = ` \`${namesInclude}\`: the names of all records that the response refers to, each once, by resource and key.`

/**
 * Returns the parameters `fields` and `include`.
 * @param options `names` says whether the response has a place for names beside the records.
 */
export function representationParameters(
  resource: Resource,
  options: { names: boolean },
): Record<string, Parameter> {
  const includes = Object.entries(resource.includes())
  const descriptions = includes.map(([name, { description }]) => `\`${name}\`: ${description}`)
  return {
    fields: words(
      propertiesOf(resource),
      'Properties to return, separated by commas; all when left out. For clients without generated types: the answer then lacks properties that its schema requires.',
    ),
    include: words(
      [...includes.map(([name]) => name), ...(options.names ? [namesInclude] : [])],
      `Related records to add to each record, separated by commas. ${descriptions.join(' ')}${options.names ? names : ''}`,
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

/** Takes the names out of the values of `include`. The others are sorted, so that their order makes no difference. */
export const splitInclude = (include: readonly string[]): Pick<Representation, 'include' | 'names'> => ({
  include: include.filter((name) => name !== namesInclude).sort(),
  names: include.includes(namesInclude),
})

function parseRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const fields = getWords(query, 'fields')
  const include = getWords(query, 'include')
  refuseRepeated('fields', fields)
  refuseRepeated('include', include)
  const properties = propertiesOf(resource)
  return {
    fields: fields.length > 0 ? properties.filter((name) => fields.includes(name)) : properties,
    ...splitInclude(include),
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
