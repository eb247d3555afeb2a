/**
 * The last segments of the paths of operations on a list, such as `/v1/topics/search`. Operations of a list have no other paths
 * (`OperationContract`), and a natural key cannot be one of these words, since `/v1/topics/search` would be its record.
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
