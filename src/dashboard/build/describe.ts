import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ParameterType, Property, PropertyKind } from '../api/resources.ts'
import { describeForm } from './describe-forms.ts'
import {
  enumValues,
  jsonSchemaOf,
  type OpenApiDocument,
  type Parameter,
  resolveComponent,
  resolveSchema,
  type Schema,
} from './openapi.ts'

/**
 * Writes the descriptions of resources that the dashboard uses, derived from the OpenAPI document: labels, the properties with
 * the key and the title of a record, all properties with their kinds, types of the list's parameters, the name of the parameter
 * for the time as of which lists are read (`asOf` or `registryAsOf`), sort keys, dimensions, event dates and formats of exports. The
 * forms are described in a separate file beside OUT.json, `forms.json`, since only a few views need them.
 *
 *     node --import tsx src/dashboard/build/describe.ts OPENAPI.json OUT.json
 */

const [inputPath, outputPath] = process.argv.slice(2)
if (inputPath === undefined || outputPath === undefined)
  throw new Error('usage: describe.ts OPENAPI.json OUT.json')

const document: OpenApiDocument = JSON.parse(await readFile(inputPath, 'utf8'))

const resolve = (schema: Schema): Schema => resolveSchema(document, schema)

const resolveParameter = (parameter: Parameter): Parameter =>
  resolveComponent(document.components.parameters, parameter)

function kindOf(schema: Schema): PropertyKind {
  const { type, format, enum: values } = schema
  const types = [type].flat()
  if (values) return 'enumeration'
  if (format === 'edtf') return 'date'
  if (format === 'date-time') return 'dateTime'
  if (format === 'json-pointer') return 'pointer'
  if (types.includes('array')) return 'list'
  if (types.includes('object')) return 'object'
  if (types.includes('integer') || types.includes('number')) return 'number'
  if (types.includes('boolean')) return 'boolean'
  return 'text'
}

function parameterType({ schema, explode }: Parameter): ParameterType | undefined {
  const { type, items } = resolve(schema)
  if (type === 'array') {
    if (resolve(items ?? {}).type === 'number') return 'numbers'
    return explode === false ? 'commaSeparated' : 'repeated'
  }
  return type === 'number' || type === 'boolean' ? type : undefined
}

/** Properties that can be the title of a record, in order of preference. */
const titleCandidates = ['title', 'name', 'excerpt']

const valuesOf = (schema: Schema): string[] => enumValues(document, schema)

/**
 * Describes the properties of an object in responses.
 * @param input the schema of the object in request bodies, which says to which resources its properties refer.
 */
const describeProperties = (schema: Schema, input: Schema): Property[] =>
  Object.entries(schema.properties ?? {}).map(([name, property]) =>
    describeProperty(name, resolve(property), resolve(input.properties?.[name] ?? {})),
  )

/**
 * The pattern of language tags in request bodies: that of `language` in `src/model/schemas.ts`. It identifies the properties whose
 * values are languages, since the OpenAPI document has no format for language tags.
 */
const languagePattern = '^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$'

function describeProperty(name: string, schema: Schema, input: Schema): Property {
  const values = valuesOf(schema)
  const [item, inputItem] = [resolve(schema.items ?? {}), resolve(input.items ?? {})]
  const refersTo = input['x-refers-to'] ?? inputItem['x-refers-to']
  // Only a reference to a record of one of several resources has `oneOf`. Its resource and key are not described as parts.
  const parts = schema.oneOf
    ? []
    : [...describeProperties(schema, input), ...describeProperties(item, inputItem)]
  return {
    name,
    kind: input['x-refers-to'] === undefined ? kindOf(schema) : 'reference',
    ...(values.length > 0 && { values }),
    ...(refersTo !== undefined && { refersTo }),
    ...((input.pattern ?? inputItem.pattern) === languagePattern && { isLanguage: true }),
    ...(parts.length > 0 && { parts }),
  }
}

function describeResource(name: string) {
  const list = document.paths[`/v1/${name}`]?.get
  const aggregate = document.paths[`/v1/${name}/aggregate`]?.get
  const page = resolve(jsonSchemaOf(document.components.responses, list?.responses['200']))
  const item = resolve(resolve(page.properties?.data ?? {}).items ?? {})
  const parameters = (list?.parameters ?? []).map(resolveParameter).filter((one) => one.in === 'query')
  const fileExport = document.paths[`/v1/${name}/export`]?.get
  const dimensions = (aggregate?.parameters ?? []).map(resolveParameter).find((one) => one.name === 'groupBy')
  const format = (fileExport?.parameters ?? []).map(resolveParameter).find((one) => one.name === 'format')
  // The values of `fields` do not contain includes, which are in a record only on request.
  const fieldNames = valuesOf(resolve(parameters.find((one) => one.name === 'fields')?.schema ?? {}))
  const sorts = parameters.find((one) => one.name === 'sort')
  const asOfName = parameters.some((one) => one.name === 'registryAsOf') ? 'registryAsOf' : 'asOf'
  const body = resolve(
    jsonSchemaOf(document.components.requestBodies, document.paths[`/v1/${name}`]?.post?.requestBody),
  )
  const fields = Object.entries(item.properties ?? {}).filter(([property]) => fieldNames.includes(property))
  const properties = describeProperties({ properties: Object.fromEntries(fields) }, body)
  const key = Object.keys(document.paths)
    .map((path) => new RegExp(`^/v1/${name}/\\{(\\w+)\\}$`).exec(path)?.[1])
    .find((found) => found !== undefined)
  return {
    name,
    label: document.tags.find((tag) => tag.name === name)?.['x-label'],
    key,
    title: titleCandidates.find((title) => properties.some((property) => property.name === title)) ?? key,
    properties: properties.map((property) =>
      property.name === key ? { ...property, kind: 'key' satisfies PropertyKind } : property,
    ),
    parameterTypes: Object.fromEntries(parameters.map((one) => [one.name, parameterType(one)])),
    sorts: sorts ? valuesOf(resolve(sorts.schema)).filter((sort) => !sort.startsWith('-')) : [],
    formats: format ? valuesOf(resolve(format.schema)) : [],
    asOfName,
    eventDates: resolve(parameters.find((one) => one.name === 'happenedIn')?.schema ?? {})['x-dates'],
    dimensions: dimensions ? valuesOf(resolve(dimensions.schema)) : [],
  }
}

const names = Object.keys(document.paths)
  .map((path) => /^\/v1\/([a-z-]+)\/aggregate$/.exec(path)?.[1])
  .filter((name) => name !== undefined)

await writeFile(outputPath, JSON.stringify(names.map(describeResource)))

const forms = Object.fromEntries(names.map((name) => [name, describeForm(document, name)]))
await writeFile(join(dirname(outputPath), 'forms.json'), JSON.stringify(forms))
