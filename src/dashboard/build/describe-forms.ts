import type { FormField } from '../api/forms.ts'
import chineseHints from '../i18n/hints.zh.json' with { type: 'json' }
import { type Document, isNullable, jsonSchemaOf, resolve, type Schema, wordsOf } from './openapi.ts'

/** Texts with at least this `maxLength` may have several lines. An input of one line would remove their line breaks. */
const minLongText = 1000

/** The properties of a participant that hold its key. Exactly one of them has a value. */
const participantKeys = ['country', 'organization', 'region']

/** The alternatives of a record of any resource: objects whose `resource` is a constant. */
function recordChoices(document: Document, { oneOf = [] }: Schema): string[] {
  return oneOf
    .map((one) => resolve(document, one).properties?.resource?.const)
    .filter((name) => name !== undefined)
}

function kindOf(document: Document, schema: Schema): FormField['kind'] {
  const { type, format, pattern, maxLength = 0, enum: words } = schema
  if (recordChoices(document, schema).length > 0) return 'record'
  if (schema['x-refers-to']) return 'reference'
  if (words) return 'enumeration'
  if (format === 'edtf') return 'date'
  if (type === 'array') return 'list'
  if (type === 'object') return 'object'
  if (type === 'integer' || type === 'number') return 'number'
  return format === undefined && pattern === undefined && maxLength >= minLongText ? 'longText' : 'text'
}

/**
 * Describes the fields of an object.
 * @param described the schema of the same object in responses. Its descriptions are used where the fields have none.
 */
function fieldsOf(
  document: Document,
  { properties = {}, required = [] }: Schema,
  described: Schema,
): FormField[] {
  return Object.entries(properties).map(([name, schema]) =>
    describeField(document, name, schema, {
      isRequired: required.includes(name),
      described: resolve(document, described.properties?.[name] ?? {}),
    }),
  )
}

/** Returns the hint of a field, without text that its label or the help of its format repeats. */
function hintOf(name: string, description = ''): string | undefined {
  const hint = description.replaceAll('`', '').replace(/ EDTF(, level 0 or 1)?\.$/, '')
  const isLabel = hint === 'Values.' || hint.toLowerCase() === `${name.toLowerCase()}.`
  return hint === '' || isLabel ? undefined : hint
}

/** The hints of the OpenAPI document in other languages. To add a language, add a file and an entry here. */
const translations: Readonly<Record<string, Readonly<Record<string, string>>>> = { zh: chineseHints }

/** Returns a hint in each language that it is translated to. */
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
  document: Document,
  name: string,
  raw: Schema,
  { isRequired, described }: { isRequired: boolean; described: Schema },
): FormField {
  const schema = resolve(document, raw)
  const kind = kindOf(document, schema)
  const { maxLength } = schema
  const hint = hintOf(name, schema.description ?? described.description)
  const base = {
    name,
    kind,
    isRequired,
    isNullable: isNullable(raw),
    ...(hint !== undefined && { hint: inLanguages(hint) }),
    ...(maxLength !== undefined && { maxLength }),
  }
  if (kind === 'enumeration') return { ...base, values: wordsOf(document, schema) }
  if (kind === 'reference') return { ...base, resources: [schema['x-refers-to'] ?? ''] }
  if (kind === 'record') return { ...base, resources: recordChoices(document, schema) }
  if (kind === 'list') {
    const item = resolve(document, described.items ?? {})
    return {
      ...base,
      item: describeField(document, name, schema.items ?? {}, { isRequired: true, described: item }),
    }
  }
  if (kind !== 'object') return base
  const fields = fieldsOf(document, schema, described)
  const names = fields.map((field) => field.name)
  return participantKeys.every((one) => names.includes(one)) && names.includes('role')
    ? {
        ...base,
        kind: 'participant',
        fields: fields.filter((field) => !participantKeys.includes(field.name)),
      }
    : { ...base, fields }
}

/** The properties that the service gives a record. Bodies may have them, so that a record can be sent as it was read. */
const ownProperties = ['id', 'version', 'createdAt', 'updatedAt']

/** Describes the form of a resource: the properties of the body that creates a record. */
export function describeForm(document: Document, resource: string): FormField[] {
  const { get, post } = document.paths[`/v1/${resource}`] ?? {}
  const { requestBodies, responses } = document.components
  const page = resolve(document, jsonSchemaOf(responses, get?.responses['200']))
  const record = resolve(document, resolve(document, page.properties?.data ?? {}).items ?? {})
  return fieldsOf(document, resolve(document, jsonSchemaOf(requestBodies, post?.requestBody)), record).filter(
    ({ name }) => !ownProperties.includes(name),
  )
}
