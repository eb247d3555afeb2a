import { fieldNameSchema, propertiesOf } from '../model/document.ts'
import {
  type CheckedQuery,
  getStringValues,
  invalidParameters,
  multiValueParameter,
  type Parameter,
  valueListParameter,
} from '../model/parameters.ts'
import { type Include, isCount, type Resource } from '../model/resource.ts'
import type { Fault } from '../problems/problem.ts'

/** The representation of a record: its properties, and the records included with it. */
export interface Representation {
  fields: readonly string[]
  include: string[]
  /** Whether the names of referenced records are added; false by default. */
  names?: boolean
}

/** The value of `include` that adds names. */
export const namesInclude = 'names'

const namesText = ` \`${namesInclude}\`: the name of each referenced record, once.`

/** Maximum number of records of a response with counts, since each count may be a statement that reads many records. */
const maxCounted = 50

const countsText = ` With counts, \`limit\` is at most ${maxCounted}.`

/**
 * Returns the includes of a resource.
 * @param isFile whether the response is an export, which has no counts because it is one statement.
 */
export const includesOf = (resource: Resource, { isFile }: { isFile: boolean }): [string, Include][] =>
  Object.entries(resource.includes()).filter(([, include]) => !(isFile && isCount(include)))

/** Returns the names of the includes of a representation that are counts. */
export function namesOfCountIncludes(resource: Resource, { include }: Representation): string[] {
  if (include.length === 0) return []
  const includes = resource.includes()
  return include.filter((name) => includes[name] && isCount(includes[name]))
}

/** Returns an error of the parameter or property `limit` if a page with counts is too large; otherwise undefined. */
export function findTooManyCounts(
  resource: Resource,
  representation: Representation,
  limit: number,
): Pick<Fault, 'code' | 'message' | 'limit'> | undefined {
  const [name] = namesOfCountIncludes(resource, representation)
  if (name === undefined || limit <= maxCounted) return undefined
  const message = `must be at most ${maxCounted} with include=${name}, which runs a count for each record`
  return { code: 'too_big', message, limit: maxCounted }
}

/**
 * Returns the parameters `fields` and `include`.
 * @param options `isFile`: whether the response is an export, which has neither counts nor names.
 */
export function representationParameters(
  resource: Resource,
  options: { isFile: boolean },
): Record<string, Parameter> {
  const includes = includesOf(resource, options)
  const limits = includes.some(([, include]) => isCount(include)) ? countsText : ''
  return {
    fields: multiValueParameter(fieldNameSchema(resource), 'Properties to return; all when left out.'),
    include: valueListParameter(
      [...includes.map(([name]) => name), ...(options.isFile ? [] : [namesInclude])],
      `Related records to add.${options.isFile ? '' : namesText}${limits}`,
    ),
  }
}

/** Refuses repeated names in a parameter. @throws Problem `invalid-parameter`. */
export function refuseRepeated(parameter: string, names: string[]): void {
  const repeated = names.filter((name, index) => names.indexOf(name) < index)
  if (repeated.length > 0) {
    throw invalidParameters(
      repeated.map((name) => ({ parameter, code: 'repeated', message: `"${name}" is given twice` })),
    )
  }
}

/** Separates `names` from the other values of `include`. The others are sorted, so that their order makes no difference. */
export const splitInclude = (include: readonly string[]): Pick<Representation, 'include' | 'names'> => ({
  include: include.filter((name) => name !== namesInclude).sort(),
  names: include.includes(namesInclude),
})

function parseRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const fields = getStringValues(query, 'fields')
  const include = getStringValues(query, 'include')
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
 * Returns the representation of a checked query. Its properties have the order of the declaration, not of the request. It is
 * cached by the query object.
 * @throws Problem `invalid-parameter` for repeated values.
 */
export function readRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const representation = representations.get(query) ?? parseRepresentation(resource, query)
  representations.set(query, representation)
  return representation
}
