/**
 * The path segments that operations on a whole resource add to the path of its list, such as `search` in `/v1/topics/search`.
 * The type `OperationContract` allows only these, or none. A natural key cannot be one of these words, since its record would
 * have the same path.
 */
export const collectionPaths = [
  'search',
  'aggregate',
  'export',
  'table-schema',
  'import',
  'bulk',
  'duplicates',
] as const

/** A path segment that an operation adds to the path of a list. */
export type CollectionPath = (typeof collectionPaths)[number]
