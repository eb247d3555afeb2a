import { type FormField, managedProperties, participantProperties } from '../api/forms.ts'
import chineseHints from '../i18n/hints.zh.json' with { type: 'json' }
import {
  enumValues,
  isNullable,
  jsonSchemaOf,
  type OpenApiDocument,
  resolveSchema,
  type Schema,
} from './openapi.ts'

/** Texts with at least this `maxLength` may have several lines. A one-line input would remove their line breaks. */
const minLongText = 1000

/**
 * Texts of one line whose maximum length is that of texts of several lines. The OpenAPI document does not say which texts may have
 * line breaks, and the service refuses line breaks in these texts.
 */
const longLines = ['occasion']

/** The properties of a participant that refer to a record. */
const participantReferences = Object.values(participantProperties)

/** Returns the `resource` constants of the objects in a `oneOf`: the resources whose records a value can refer to. */
function referableResources(document: OpenApiDocument, { oneOf = [] }: Schema): string[] {
  return oneOf
    .map((one) => resolveSchema(document, one).properties?.resource?.const)
    .filter((name) => name !== undefined)
}

function kindOf(document: OpenApiDocument, name: string, schema: Schema): FormField['kind'] {
  const { type, format, pattern, maxLength = 0, enum: values } = schema
  if (referableResources(document, schema).length > 0) return 'record'
  if (schema['x-refers-to']) return 'reference'
  if (values) return 'enumeration'
  if (format === 'edtf') return 'date'
  if (type === 'array') return 'list'
  if (type === 'object') return 'object'
  if (type === 'integer' || type === 'number') return 'number'
  const isLine = format !== undefined || pattern !== undefined || longLines.includes(name)
  return maxLength >= minLongText && !isLine ? 'longText' : 'text'
}

/**
 * Describes the fields of an object.
 * @param responseSchema the schema of the same object in responses. Its descriptions are used for fields that have none.
 */
function fieldsOf(
  document: OpenApiDocument,
  { properties = {}, required = [] }: Schema,
  responseSchema: Schema,
): FormField[] {
  return Object.entries(properties).map(([name, schema]) =>
    describeField(document, name, schema, {
      isRequired: required.includes(name),
      responseSchema: resolveSchema(document, responseSchema.properties?.[name] ?? {}),
    }),
  )
}

/** Returns the description of a field as a hint, without text that only repeats the label or the help for dates. */
function hintOf(name: string, description = ''): string | undefined {
  const hint = description.replaceAll('`', '').replace(/ EDTF\.$/, '')
  const isLabel = hint.toLowerCase() === `${name.toLowerCase()}.`
  return hint === '' || isLabel ? undefined : hint
}

/** Translations of English hints, by language tag. To add a language, add a file and an entry here. */
const translations: Readonly<Record<string, Readonly<Record<string, string>>>> = { zh: chineseHints }

/** Returns a hint in English and in each language that has a translation of it. */
const inLanguages = (english: string): Record<string, string> => ({
  en: english,
  ...Object.fromEntries(
    Object.entries(translations).flatMap(([tag, hints]) => {
      const hint = hints[english]
      return hint === undefined ? [] : [[tag, hint]]
    }),
  ),
})

function describeField(
  document: OpenApiDocument,
  name: string,
  raw: Schema,
  { isRequired, responseSchema }: { isRequired: boolean; responseSchema: Schema },
): FormField {
  const schema = resolveSchema(document, raw)
  const kind = kindOf(document, name, schema)
  const { maxLength } = schema
  const hint = hintOf(name, schema.description ?? responseSchema.description)
  const base = {
    name,
    kind,
    isRequired,
    isNullable: isNullable(raw),
    ...(hint !== undefined && { hint: inLanguages(hint) }),
    ...(maxLength !== undefined && { maxLength }),
  }
  if (kind === 'enumeration') return { ...base, values: enumValues(document, schema) }
  if (kind === 'reference') return { ...base, resources: [schema['x-refers-to'] ?? ''] }
  if (kind === 'record') return { ...base, resources: referableResources(document, schema) }
  if (kind === 'list') {
    const item = resolveSchema(document, responseSchema.items ?? {})
    return {
      ...base,
      item: describeField(document, name, schema.items ?? {}, { isRequired: true, responseSchema: item }),
    }
  }
  if (kind !== 'object') return base
  const fields = fieldsOf(document, schema, responseSchema)
  const names = fields.map((field) => field.name)
  return participantReferences.every((one) => names.includes(one)) && names.includes('role')
    ? {
        ...base,
        kind: 'participant',
        fields: fields.filter((field) => !participantReferences.includes(field.name)),
      }
    : { ...base, fields }
}

/** Describes the form of a resource: the properties of the body that creates a record, except `managedProperties`. */
export function describeForm(document: OpenApiDocument, resource: string): FormField[] {
  const { get, post } = document.paths[`/v1/${resource}`] ?? {}
  const { requestBodies, responses } = document.components
  const page = resolveSchema(document, jsonSchemaOf(responses, get?.responses['200']))
  const record = resolveSchema(document, resolveSchema(document, page.properties?.data ?? {}).items ?? {})
  const body = resolveSchema(document, jsonSchemaOf(requestBodies, post?.requestBody))
  return fieldsOf(document, body, record).filter(({ name }) => !managedProperties.includes(name))
}
