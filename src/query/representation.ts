import { propertiesOf } from '../model/document.ts'
import { type CheckedQuery, invalid, type Parameter, words, wordsOf } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'

/** What of a record is answered: which of its properties, and which other records with it. */
export interface Representation {
  fields: readonly string[]
  include: string[]
}

/** The parameters that choose the representation, for every operation that answers records. */
export function representationParameters(resource: Resource): Record<string, Parameter> {
  const includes = Object.entries(resource.includes())
  const descriptions = includes.map(([name, { description }]) => `\`${name}\`: ${description}`)
  return {
    fields: words(propertiesOf(resource), 'Properties to answer, separated by commas; all when left out.'),
    include: words(
      includes.map(([name]) => name),
      `Other records to answer with each record, separated by commas. ${descriptions.join(' ')}`,
    ),
  }
}

/** Names stand once, or it is not clear what is meant. @throws Problem `invalid-parameter` */
export function refuseRepeated(parameter: string, names: string[]): void {
  const repeated = names.filter((name, at) => names.indexOf(name) < at)
  if (repeated.length > 0) {
    throw invalid(
      repeated.map((name) => ({ parameter, code: 'repeated', message: `"${name}" stands twice` })),
    )
  }
}

function chooseFrom(resource: Resource, query: CheckedQuery): Representation {
  const fields = wordsOf(query, 'fields')
  const include = wordsOf(query, 'include')
  refuseRepeated('fields', fields)
  refuseRepeated('include', include)
  const properties = propertiesOf(resource)
  return {
    fields: fields.length > 0 ? properties.filter((name) => fields.includes(name)) : properties,
    include: include.sort(),
  }
}

const chosen = new WeakMap<CheckedQuery, Representation>()

/**
 * The representation that a checked query of a resource asks for, in an order of its own, so that equal wishes are equal;
 * the same one for the same query.
 * @throws Problem `invalid-parameter` for words that stand twice.
 */
export function representationOf(resource: Resource, query: CheckedQuery): Representation {
  const representation = chosen.get(query) ?? chooseFrom(resource, query)
  chosen.set(query, representation)
  return representation
}
