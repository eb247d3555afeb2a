/**
 * The last path segments of operations on a list, such as `/v1/topics/search`. Operations on a list have no other paths
 * (`OperationContract`). A natural key cannot be one of these words, since its record would have the same path.
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

/** The path of an operation below a list. */
export type CollectionPath = (typeof collectionPaths)[number]
