/** The parts of the OpenAPI document that the descriptions are made of. */

export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: (string | null)[]
  const?: string
  maxLength?: number
  pattern?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  'x-refers-to'?: string
  'x-dates'?: string[]
}

export interface Parameter {
  $ref?: string
  name: string
  in: string
  schema: Schema
}

interface Content {
  content?: Record<string, { schema: Schema }>
}

interface Operation {
  parameters: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
}

export interface Document {
  paths: Record<string, { get?: Operation; post?: Operation }>
  components: { schemas: Record<string, Schema>; parameters?: Record<string, Parameter> }
}

/** The name at the end of a reference. */
export const lastSegment = (reference: string): string => reference.split('/').at(-1) ?? ''

/** Returns a schema itself for a reference, and for a value that may be null the schema of the others. */
export function resolve(document: Document, schema: Schema): Schema {
  if (schema.$ref) {
    const { $ref, ...own } = schema
    return { ...resolve(document, document.components.schemas[lastSegment($ref)] ?? {}), ...own }
  }
  const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf
  const first = alternatives?.map((one) => resolve(document, one)).find((one) => one.type !== 'null')
  return first ? { ...first, ...schema } : schema
}

/** The words of an enumeration, or of a list of such words. */
export const wordsOf = (document: Document, schema: Schema): string[] =>
  (schema.enum ?? resolve(document, schema.items ?? {}).enum ?? []).filter((word) => word !== null)
