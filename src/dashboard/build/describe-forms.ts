import type { FormField } from '../api/forms.ts'
import { type Document, isNullable, jsonSchemaOf, resolve, type Schema, wordsOf } from './openapi.ts'

/** The pattern of texts of several lines. Those of one line have no white space at their ends, either. */
const prosePattern = '\\S'

/** The properties of a participant of which exactly one names it. */
const whoNames = ['country', 'organization', 'region']

/** The alternatives of a record of any resource: objects whose `resource` is a constant. */
function recordChoices(document: Document, { oneOf = [] }: Schema): string[] {
  return oneOf
    .map((one) => resolve(document, one).properties?.resource?.const)
    .filter((name) => name !== undefined)
}

function kindOf(document: Document, schema: Schema): FormField['kind'] {
  const { type, format, pattern, enum: words } = schema
  if (recordChoices(document, schema).length > 0) return 'record'
  if (schema['x-refers-to']) return 'reference'
  if (words) return 'enumeration'
  if (format === 'edtf') return 'date'
  if (type === 'array') return 'list'
  if (type === 'object') return 'object'
  if (type === 'integer' || type === 'number') return 'number'
  return pattern === prosePattern ? 'longText' : 'text'
}

/** Describes the fields of an object. */
function fieldsOf(document: Document, { properties = {}, required = [] }: Schema): FormField[] {
  return Object.entries(properties).map(([name, schema]) =>
    describeField(document, name, schema, required.includes(name)),
  )
}

/** What a field says beside its label: nothing that the label says already, and nothing of formats that it explains itself. */
function hintOf(name: string, description = ''): string | undefined {
  const hint = description.replaceAll('`', '').replace(/ EDTF, level 0 or 1\.$/, '')
  const isLabel = hint === 'Values.' || hint.toLowerCase() === `${name}.`
  return hint === '' || isLabel ? undefined : hint
}

function describeField(document: Document, name: string, raw: Schema, isRequired: boolean): FormField {
  const schema = resolve(document, raw)
  const kind = kindOf(document, schema)
  const { maxLength } = schema
  const description = hintOf(name, schema.description)
  const base = {
    name,
    kind,
    isRequired,
    isNullable: isNullable(raw),
    ...(description !== undefined && { description }),
    ...(maxLength !== undefined && { maxLength }),
  }
  if (kind === 'enumeration') return { ...base, values: wordsOf(document, schema) }
  if (kind === 'reference') return { ...base, resources: [schema['x-refers-to'] ?? ''] }
  if (kind === 'record') return { ...base, resources: recordChoices(document, schema) }
  if (kind === 'list') return { ...base, item: describeField(document, name, schema.items ?? {}, true) }
  if (kind !== 'object') return base
  const fields = fieldsOf(document, schema)
  const names = fields.map((field) => field.name)
  return whoNames.every((one) => names.includes(one)) && names.includes('role')
    ? { ...base, kind: 'participant', fields: fields.filter((field) => !whoNames.includes(field.name)) }
    : { ...base, fields }
}

/** Describes the form of a resource: the properties of the body that creates a record. */
export function describeForm(document: Document, resource: string): FormField[] {
  const body = document.paths[`/v1/${resource}`]?.post?.requestBody
  return fieldsOf(document, resolve(document, jsonSchemaOf(document.components.requestBodies, body)))
}
