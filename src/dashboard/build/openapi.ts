/** Types of the OpenAPI document, as far as `describe.ts` and `describe-forms.ts` read it, and functions that read it. */

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
  'x-refers-to'?: string
  'x-dates'?: string[]
}

export interface Parameter {
  $ref?: string
  name: string
  in: string
  schema: Schema
  /**
   * False if the values of a list are separated by commas. Otherwise the name is repeated for each value, because a value may
   * contain a comma.
   */
  explode?: boolean
}

/** A request body or a response. */
interface BodyOrResponse {
  $ref?: string
  content?: Record<string, { schema: Schema }>
}

interface Operation {
  parameters: Parameter[]
  requestBody?: BodyOrResponse
  responses: Record<string, BodyOrResponse>
}

export interface OpenApiDocument {
  /** `x-label`: the name of a resource for people, by language. */
  tags: { name: string; 'x-label'?: Record<string, string> }[]
  paths: Record<string, { get?: Operation; post?: Operation }>
  components: {
    schemas: Record<string, Schema>
    parameters?: Record<string, Parameter>
    requestBodies?: Record<string, BodyOrResponse>
    responses?: Record<string, BodyOrResponse>
  }
}

/** Whether a schema allows null: as one of its types, or as an alternative in `anyOf`. */
export const isNullable = ({ type = [], anyOf = [] }: Schema): boolean =>
  [type].flat().includes('null') || anyOf.some((one) => one.type === 'null')

/** Returns the name of the component to which a reference refers: its last segment. */
const componentName = (reference: string): string => reference.split('/').at(-1) ?? ''

/**
 * Resolves a reference to a parameter, body or response. Returns the component itself if it is not a reference, or refers to
 * nothing.
 * @param components all components of its kind, by name.
 */
export const resolveComponent = <Component extends { $ref?: string }>(
  components: Record<string, Component> | undefined,
  component: Component,
): Component =>
  component.$ref === undefined ? component : (components?.[componentName(component.$ref)] ?? component)

/** Returns the JSON schema of a body or response; an empty schema if there is none. */
export const jsonSchemaOf = (
  components: Record<string, BodyOrResponse> | undefined,
  bodyOrResponse: BodyOrResponse = {},
): Schema => resolveComponent(components, bodyOrResponse).content?.['application/json']?.schema ?? {}

/**
 * Resolves a reference to a schema. Adds the keywords of the first alternative that is not null (`anyOf`, `oneOf`); keywords of
 * the schema itself take precedence. Replaces a list of types with its first type that is not null.
 */
export function resolveSchema(document: OpenApiDocument, schema: Schema): Schema {
  if (schema.$ref) {
    const { $ref, ...own } = schema
    return { ...resolveSchema(document, document.components.schemas[componentName($ref)] ?? {}), ...own }
  }
  const alternatives = schema.anyOf ?? schema.oneOf
  const first = alternatives?.map((one) => resolveSchema(document, one)).find((one) => one.type !== 'null')
  const whole = first ? { ...first, ...schema } : schema
  const { type } = whole
  return Array.isArray(type) ? { ...whole, type: type.find((one) => one !== 'null') ?? 'null' } : whole
}

/** Returns the values, without null, that a resolved schema allows: those of the enumeration or, for a list, of its items. */
export const enumValues = (document: OpenApiDocument, schema: Schema): string[] =>
  (schema.enum ?? resolveSchema(document, schema.items ?? {}).enum ?? []).filter((value) => value !== null)
