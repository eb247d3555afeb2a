/** The parts of the OpenAPI document from which `describe.ts` derives descriptions. */

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
  $ref?: string
  content?: Record<string, { schema: Schema }>
}

interface Operation {
  parameters: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
}

export interface Document {
  paths: Record<string, { get?: Operation; post?: Operation }>
  components: {
    schemas: Record<string, Schema>
    parameters?: Record<string, Parameter>
    requestBodies?: Record<string, Content>
    responses?: Record<string, Content>
  }
}

/** Whether a schema allows null: as one of its types, or as an alternative in `anyOf`. */
export const isNullable = ({ type = [], anyOf = [] }: Schema): boolean =>
  [type].flat().includes('null') || anyOf.some((one) => one.type === 'null')

/** Returns the last segment of a reference, which is the name of the component. */
export const lastSegment = (reference: string): string => reference.split('/').at(-1) ?? ''

/** Resolves a reference to a parameter, body or response. @param all all components of this kind, by name. */
export const resolvePart = <Part extends { $ref?: string }>(
  all: Record<string, Part> | undefined,
  part: Part,
): Part => (part.$ref === undefined ? part : (all?.[lastSegment(part.$ref)] ?? part))

/** Returns the JSON schema of a body or response. */
export const jsonSchemaOf = (all: Record<string, Content> | undefined, part: Content = {}): Schema =>
  resolvePart(all, part).content?.['application/json']?.schema ?? {}

/** Resolves a reference to a schema, and replaces alternatives and type lists by their first entry that is not null. */
export function resolve(document: Document, schema: Schema): Schema {
  if (schema.$ref) {
    const { $ref, ...own } = schema
    return { ...resolve(document, document.components.schemas[lastSegment($ref)] ?? {}), ...own }
  }
  const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf
  const first = alternatives?.map((one) => resolve(document, one)).find((one) => one.type !== 'null')
  const whole = first ? { ...first, ...schema } : schema
  const { type } = whole
  return Array.isArray(type) ? { ...whole, type: type.find((one) => one !== 'null') ?? 'null' } : whole
}

/** Returns the values of an enumeration, or of a list of enumerated values, without null. */
export const enumValues = (document: Document, schema: Schema): string[] =>
  (schema.enum ?? resolve(document, schema.items ?? {}).enum ?? []).filter((value) => value !== null)
