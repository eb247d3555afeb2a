import { fieldNameSchema, propertiesOf } from '../model/document.ts'
import { multiValueParameter, type Parameter, valueListParameter } from '../model/parameters.ts'
import { type CheckedQuery, getStringValues, invalidParameters } from '../model/query-string.ts'
import { getInclude, type Include, isCount, type Resource } from '../model/resource.ts'
import type { Fault } from '../problems/problem.ts'

/** The representation of a record: its properties, and the records included with it. */
export interface Representation {
  fields: readonly string[]
  include: string[]
  /** Whether the names of referenced records are added; false by default. */
  names?: boolean
}

/** Returns the representation with all properties and no includes. */
export const wholeRepresentation = (resource: Resource): Representation => ({
  fields: propertiesOf(resource),
  include: [],
})

/** The value of `include` that adds names. */
export const namesInclude = 'names'

const namesText = ` \`${namesInclude}\`: the name of each referenced record, once.`

/** Maximum number of records in a page with counts, since each count may be a statement that reads many records. */
const maxRecordsWithCounts = 50

const countsText = ` With counts, \`limit\` is at most ${maxRecordsWithCounts}.`

/**
 * Returns the includes of a resource.
 * @param isFile whether the response is an export, which has no counts because it is one statement.
 */
export const listIncludes = (resource: Resource, { isFile }: { isFile: boolean }): [string, Include][] =>
  Object.entries(resource.includes()).filter(([, include]) => !(isFile && isCount(include)))

/** Returns the names of those includes of a representation that are counts. @throws Error for an unknown include. */
export const listCountIncludes = (resource: Resource, { include }: Representation): string[] =>
  include.filter((name) => isCount(getInclude(resource, name)))

/**
 * Returns a fault of the `limit` if a page with counts is too large; otherwise undefined. The caller adds the parameter (lists)
 * or the pointer (searches) of the `limit`.
 */
export function findTooManyCounts(
  resource: Resource,
  representation: Representation,
  limit: number,
): Pick<Fault, 'code' | 'message' | 'limit'> | undefined {
  const [name] = listCountIncludes(resource, representation)
  if (name === undefined || limit <= maxRecordsWithCounts) return undefined
  const message = `must be at most ${maxRecordsWithCounts} with include=${name}, which runs a count for each record`
  return { code: 'too_big', message, limit: maxRecordsWithCounts }
}

/**
 * Returns the parameters `fields` and `include`.
 * @param options `isFile`: whether the response is an export, whose `include` allows neither counts nor `names`.
 */
export function representationParameters(
  resource: Resource,
  options: { isFile: boolean },
): Record<string, Parameter> {
  const includes = listIncludes(resource, options)
  const limits = includes.some(([, include]) => isCount(include)) ? countsText : ''
  return {
    fields: {
      ...multiValueParameter(fieldNameSchema(resource), 'Properties to return; all when left out.'),
      otherNames: ['select', 'columns', 'properties'],
    },
    include: {
      ...valueListParameter(
        [...includes.map(([name]) => name), ...(options.isFile ? [] : [namesInclude])],
        `Related records to add.${options.isFile ? '' : namesText}${limits}`,
      ),
      otherNames: ['expand', 'embed', 'populate', 'with'],
    },
  }
}

/** Returns a fault for each repetition of a name in a parameter. */
export const findRepeatedNames = (parameter: string, names: readonly string[]): Fault[] =>
  names
    .filter((name, index) => names.indexOf(name) < index)
    .map((name) => ({ parameter, code: 'repeated', message: `"${name}" is given twice` }))

/** Refuses repeated names in a parameter. @throws Problem `invalid-parameter` with a fault for each repetition. */
export function refuseRepeated(parameter: string, names: readonly string[]): void {
  const faults = findRepeatedNames(parameter, names)
  if (faults.length > 0) throw invalidParameters(faults)
}

/**
 * Returns the representation with chosen properties, in the order of the declaration, and with includes, sorted by name. So
 * requests that differ only in the order of `fields` or `include` have the same representation.
 * @param fields the chosen properties; empty for all.
 * @param include the values of `include`, with or without `names`.
 */
export function createRepresentation(
  resource: Resource,
  fields: readonly string[],
  include: readonly string[],
): Representation {
  const properties = propertiesOf(resource)
  return {
    fields: fields.length > 0 ? properties.filter((name) => fields.includes(name)) : properties,
    include: include.filter((name) => name !== namesInclude).sort(),
    names: include.includes(namesInclude),
  }
}

function parseRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const fields = getStringValues(query, 'fields')
  const include = getStringValues(query, 'include')
  refuseRepeated('fields', fields)
  refuseRepeated('include', include)
  return createRepresentation(resource, fields, include)
}

const representations = new WeakMap<CheckedQuery, Representation>()

/**
 * Returns the representation that a checked query asks for. The representation is cached by the query object.
 * @throws Problem `invalid-parameter` for repeated values.
 */
export function readRepresentation(resource: Resource, query: CheckedQuery): Representation {
  const representation = representations.get(query) ?? parseRepresentation(resource, query)
  representations.set(query, representation)
  return representation
}
