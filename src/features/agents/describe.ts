import { propertiesOf } from '../../model/document.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { urlFilters } from '../../model/url-filters.ts'
import { measureNames } from '../../query/aggregate.ts'

/** Describes the registry to a client that does not know it. */
export const describeRegistry = ({ resources }: Registry) => ({
  resources: resources.map(({ name, description, key }) => ({ name, description, key: key.property })),
  next: 'Call this tool with one of these resources for its properties, filters, sort keys, dimensions and measures.',
})

const descriptionsByName = (described: Record<string, { description: string }>) =>
  Object.fromEntries(Object.entries(described).map(([name, { description }]) => [name, description]))

/**
 * Describes a resource, with the operators that may follow the name of a filter in brackets, such as `gte` in `signedOn[gte]`.
 * `eq` is not listed, since it needs no brackets.
 */
export const describeResource = (resource: Resource) => ({
  resource: resource.name,
  description: resource.description,
  key: resource.key.property,
  properties: propertiesOf(resource),
  filters: Object.fromEntries(
    Object.entries(urlFilters(resource)).map(([name, { description, comparisons }]) => {
      const operators = Object.keys(comparisons).filter((operator) => operator !== 'eq')
      return [name, operators.length > 0 ? `${description} Operators: ${operators.join(', ')}.` : description]
    }),
  ),
  sort: Object.keys(resource.sorts),
  dimensions: descriptionsByName(resource.dimensions),
  // `countDistinct:` accepts every dimension, so these measures would repeat the list of dimensions.
  measures: measureNames(resource).filter((name) => !name.startsWith('countDistinct')),
  example: resource.example,
})
