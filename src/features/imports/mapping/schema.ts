import { z } from 'zod'
import type { Registry } from '../../../model/registry.ts'
import type { Resource } from '../../../model/resource.ts'
import { unwrapped } from '../../../model/schema-names.ts'
import { externalScheme, language } from '../../../model/schemas.ts'
import { quote } from '../../../problems/faults.ts'
import { quoteList } from '../../../wording.ts'
import { describe } from '../descriptions.ts'
import { rowOptions } from '../reading/options.ts'
import { getTarget, type Target } from './target.ts'
import {
  type Conditions,
  conditionsSchema,
  fileName,
  needsValue,
  type ValueMapping,
  valueSchema,
} from './value-schema.ts'

/** Maximum number of mappings in a list: of records of a resource, or of items of a property. */
const maxEntries = 50

/** The mapping of an item of a list, or of an object. With `each`, an item is made for each of several values. */
export interface ItemMapping {
  each?: ValueMapping
  when?: Conditions
  [property: string]: PropertyMapping | Conditions | undefined
}

/** The mapping of a property: of a value, of the properties of an object, or of the items of a list. */
export type PropertyMapping = ValueMapping | ItemMapping | (ValueMapping | ItemMapping)[]

/** The mapping of a row to a record. */
export interface RecordMapping {
  id: ValueMapping
  each?: ValueMapping
  when?: Conditions
  properties: Record<string, PropertyMapping>
}

/** How the rows of a file are converted to records. */
export type Mapping = z.output<MappingSchema>

type MappingSchema = ReturnType<typeof makeSchema>

const schemas = new WeakMap<Registry, MappingSchema>()

/** The schema of mappings, with the properties of the resources of a registry. */
export function mappingSchema(registry: Registry): MappingSchema {
  const schema = schemas.get(registry) ?? makeSchema(registry)
  schemas.set(registry, schema)
  return schema
}

function makeSchema(registry: Registry) {
  // A mapping cannot state the record that a citation supports, which may be of any resource.
  const importable = registry.resources.filter(
    ({ name, document }) => 'externalIds' in document.shape && name !== 'citations',
  )
  const records = Object.fromEntries(
    importable.map((resource) => {
      const record = recordSchema(resource)
      return [resource.name, z.union([record, z.array(record).min(1).max(maxEntries)]).optional()]
    }),
  )
  return z.strictObject({
    $schema: describe(z.string().max(500).optional(), 'Address of the JSON Schema, for editors.'),
    scheme: describe(
      externalScheme(),
      'Name of the register, in lower case, such as un-treaties. With the id of a record it is the external id, by which the next import finds the record again.',
    ),
    name: describe(z.string().min(1).max(300).optional(), 'Name of the register, for people.'),
    rows: rowOptions.default({}),
    join: describe(
      z.record(z.string().min(1).max(100), joinSchema).optional(),
      'Joined files, each with the name of the list that every row gets from it: the rows of the joined file with the same key. `each` can use this list.',
    ),
    when: describe(
      conditionsSchema.optional(),
      'Conditions on rows. Rows that do not meet all of them are left out.',
    ),
    empty: describe(
      z.array(z.string().max(100)).max(100).optional(),
      'Texts that mean that there is no value, such as "n/a" or "9999-12-31".',
    ),
    language: describe(
      language().refine(isSupported, { error: 'is not a known language' }).optional(),
      'BCP 47 tag of the language of month names. English names can always be read.',
    ),
    records: describe(
      // The properties depend on the registry, so their types cannot be inferred. `compileMapping` reads them by the types of the
      // properties (`getTarget`).
      z.strictObject(records) as z.ZodType<Record<string, RecordMapping | RecordMapping[]>>,
      'The records that a row becomes, by resource.',
    ),
    source: describe(
      sourceSchema(registry).optional(),
      'Properties of the record of `sources` that represents the import.',
    ),
    citation: describe(
      z
        .strictObject({
          url: valueSchema.optional(),
          locator: valueSchema.optional(),
          quote: describe(
            valueSchema.optional(),
            'What the source says. It becomes the `excerpt` of the citation.',
          ),
          note: valueSchema.optional(),
        })
        .optional(),
      'What citations state about a row. Default of `locator`: the position of the row.',
    ),
    onBadValue: describe(
      z.enum(['refuse', 'drop']).default('refuse'),
      'What is done with a value that cannot be used: the row is refused, or the value is dropped and the report lists it.',
    ),
    onEdited: describe(
      z.enum(['keep', 'replace']).default('keep'),
      'Whether a value that others have set, and not an import of the scheme, is kept or replaced.',
    ),
  })
}

function isSupported(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag]).length > 0
  } catch {
    return false
  }
}

const joinSchema = z.strictObject({
  file: describe(fileName, 'Name of the file, which is given with the imported file.'),
  key: describe(z.string().min(1).max(500), 'The column of the file that has the key.'),
  equals: describe(
    z.string().min(1).max(500),
    'The column or path in the row of the imported file, whose value must equal the key.',
  ),
  rows: rowOptions.optional(),
})

/** The properties of a source that a mapping may state: all except external ids. All are optional, without defaults. */
function sourceSchema(registry: Registry): z.ZodObject {
  const { externalIds, ...shape } = registry.get('sources').document.shape
  const properties = Object.entries(shape).map(([name, schema]) => [
    name,
    schema instanceof z.ZodDefault ? schema.unwrap() : schema,
  ])
  return z.strictObject(Object.fromEntries(properties)).partial()
}

const recordSchema = ({ document }: Resource) =>
  z.strictObject({
    id: valueSchema,
    each: describe(
      valueSchema.optional(),
      'Values of the row. A record is made for each of them. Default: one record for the row.',
    ),
    when: describe(conditionsSchema.optional(), 'Conditions. The record is made only if all of them hold.'),
    properties: z.strictObject(
      Object.fromEntries(
        Object.entries(document.shape).map(([name, schema]) => [
          name,
          describe(propertySchema(getTarget(schema)).optional(), getDescription(schema)),
        ]),
      ),
    ),
  })

function getDescription(schema: z.core.$ZodType): string {
  const [outer, inner] = [schema, unwrapped(schema)].map((part) =>
    part instanceof z.ZodType ? part.meta()?.description : undefined,
  )
  return outer ?? inner ?? ''
}

const propertySchemas = new WeakMap<Target, z.ZodType>()

/** The schema of the mapping of a property. */
function propertySchema(target: Target): z.ZodType {
  const schema = propertySchemas.get(target) ?? makePropertySchema(target)
  propertySchemas.set(target, schema)
  return schema
}

function makePropertySchema(target: Target): z.ZodType {
  if (target.kind === 'object') return itemSchema(target, false)
  if (target.kind !== 'list') return valueSchema
  const { items } = target
  const item = items.kind === 'object' ? itemSchema(items, true) : propertySchema(items)
  return z.union([item, z.array(item).min(1).max(maxEntries)], {
    // Used only if the value has the type neither of an item nor of a list.
    error: ({ input }) =>
      items.kind === 'object' ? needsObject(Object.keys(items.properties), input) : needsValue(input),
  })
}

/** Returns the message for a value of a list property whose items are objects. @param names the properties of an item. */
function needsObject([name = '', ...others]: readonly string[], value: unknown): string {
  const column = typeof value === 'string' ? quote(value) : 'Column'
  return `needs an object, such as {${name}: ${column}}, or a list of objects; the properties are ${quoteList([name, ...others])}`
}

function itemSchema({ properties }: Extract<Target, { kind: 'object' }>, repeats: boolean): z.ZodType {
  const parts = Object.entries(properties).map(([name, part]) => [
    name,
    describe(propertySchema(part).optional(), getDescription(part.schema)),
  ])
  return z.strictObject({
    ...(repeats && {
      each: describe(
        valueSchema.optional(),
        'Values. An item is made for each of them, in which `.` is the value.',
      ),
    }),
    when: describe(
      conditionsSchema.optional(),
      'Conditions. The item or object is made only if all of them hold.',
    ),
    ...Object.fromEntries(parts),
  })
}
