import { type SQL, sql } from 'drizzle-orm'
import { foreignKey, index, text, uuid } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, literal, literals, unionAll } from '../database/columns.ts'
import { orderIndexes, textOrder } from '../database/ordering.ts'
import { records } from '../database/tables/records.ts'
import { byValue, enumLabels, valueAsLabel } from '../model/dimensions.ts'
import { defineField, type FieldContext } from '../model/field.ts'
import * as field from '../model/fields/builders.ts'
import { filterByAny, filterByCode } from '../model/filters.ts'
import { jsonObject, jsonObjectOrNull } from '../model/json.ts'
import { keys, uuidPattern } from '../model/keys.ts'
import { checkCitedProperty } from '../model/property-pointer.ts'
import type { Registry } from '../model/registry.ts'
import { defineResource } from '../model/resource.ts'
import { registerSchema } from '../model/schema-names.ts'
import { line, optional } from '../model/schemas.ts'
import { citationRanks } from '../model/vocabularies.ts'

/** Returns the names of the resources whose records can be cited: all except citations. */
const citableResources = (registry: Registry): string[] =>
  registry.declarations.map(({ name }) => name).filter((name) => name !== 'citations')

const citedRecordVariant = (registry: Registry, resource: string) => {
  const { singular, noun } = registry.declaration(resource)
  return registerSchema(
    `Cited${singular}`,
    z
      .strictObject({ resource: z.literal(resource), id: registry.referenceSchema(resource) })
      .meta({ description: `A cited ${noun}.` }),
  )
}

function citedRecordSchema(registry: Registry) {
  const names = citableResources(registry)
  const [first = '', ...others] = names
  return registerSchema(
    'CitedRecord',
    z
      .discriminatedUnion('resource', [
        citedRecordVariant(registry, first),
        ...others.map((name) => citedRecordVariant(registry, name)),
      ])
      .meta({
        description: 'The record that a citation supports.',
        examples: [{ resource: 'countries', id: 'PAK' }],
      }),
  )
}

const citedColumns = ({ columns }: FieldContext) => ({
  record: columnIn(columns, 'citedRecord'),
  resource: columnIn(columns, 'citedResource'),
})

/** Selects the ids of records with the given keys, in any resource. */
function selectIdsByKeys({ declarations }: Registry, given: SQL): SQL {
  const withNaturalKey = declarations
    .filter(({ naturalKey }) => naturalKey !== undefined)
    .map(({ name }) => name)
  return sql`select key::uuid from unnest(${given}::text[]) key where key ~ ${literal(uuidPattern.source)}
    union all select name_id(resource, key) from unnest(${given}::text[]) key, unnest(array[${literals(withNaturalKey)}]) resource`
}

/** Selects the ids of the records that the filter `country` of their resource finds, in any resource except citations. */
function selectIdsByCountries({ resources }: Registry, codes: SQL): SQL {
  const queries = resources.flatMap(({ name, table, id, filters }) => {
    const condition = name === 'citations' ? undefined : filters.country?.comparisons.eq
    return condition ? [sql`select ${id} from ${table} where ${condition.sql(codes, () => undefined)}`] : []
  })
  return unionAll(queries)
}

/** The record that a citation supports, of any resource except citations. A record cannot be deleted while it has citations. */
const citedRecord = () =>
  defineField({
    schema: citedRecordSchema,
    columns: () => ({
      citedRecord: uuid('cited_record').notNull(),
      citedResource: text('cited_resource').notNull(),
    }),
    constraints: (context) => {
      const { record, resource } = citedColumns(context)
      return [
        foreignKey({
          name: 'citations_cited_record',
          columns: [record, resource],
          foreignColumns: [records.id, records.resource],
        }),
        index('citations_cited_record').on(record),
        index('citations_cited_resource').on(resource),
      ]
    },
    json: (context) => {
      const { record, resource } = citedColumns(context)
      const key = sql`(select key from ${records} where ${records.id} = ${record})`
      return jsonObject({ resource: sql`${resource}`, id: key })
    },
    toColumns: ({ resource, id }, { registry }) => ({
      citedResource: resource,
      citedRecord: registry.recordId({ resource, key: id }),
    }),
    query: (context) => {
      const { record, resource } = citedColumns(context)
      return {
        filters: {
          resource: filterByCode(
            resource,
            z.enum(citableResources(context.registry)),
            'Resource of the cited record.',
          ),
          record: filterByAny(
            keys.any(),
            'Key of the cited record.',
            (values) => sql`${record} in (${selectIdsByKeys(context.registry, values)})`,
          ),
          country: filterByAny(
            keys.country(),
            'Country of the cited record, by the filter `country` of its resource.',
            (values) => sql`${record} in (${selectIdsByCountries(context.registry, values)})`,
          ),
        },
        dimensions: {
          resource: byValue(
            resource,
            'resource',
            'Resource of the cited record.',
            enumLabels(citableResources(context.registry)),
          ),
        },
      }
    },
  })

/** Schema of a location within a source. */
const locatorSchema = registerSchema(
  'Locator',
  z
    .strictObject({
      paragraph: optional(line(50)).meta({
        description: 'Paragraph, counted from 1 in the body of the text.',
      }),
      page: optional(line(50)).meta({ description: 'Page, as printed.' }),
      row: optional(line(200)).meta({
        description: 'Row or element of a file, such as `row 12` or `/iati-activities/iati-activity[3]`.',
      }),
      column: optional(line(200)).meta({ description: 'Column or element within the row.' }),
    })
    .meta({
      description: 'Location within the source.',
      examples: [{ paragraph: '1', page: null, row: null, column: null }],
    }),
)

const locatorColumns = ({ columns }: FieldContext) => ({
  paragraph: columnIn(columns, 'paragraph'),
  page: columnIn(columns, 'page'),
  row: columnIn(columns, 'row'),
  column: columnIn(columns, 'column'),
})

const locator = () =>
  defineField({
    // A locator without values becomes null: its columns cannot distinguish these two.
    schema: () =>
      locatorSchema
        .nullable()
        .overwrite((value) => (value && Object.values(value).some((part) => part !== null) ? value : null))
        .default(null),
    columns: () => ({
      paragraph: text('paragraph'),
      page: text('page'),
      row: text('locator_row'),
      column: text('locator_column'),
    }),
    constraints: (context) => {
      const { paragraph, page } = locatorColumns(context)
      return [
        ...orderIndexes('citations_paragraph_order', textOrder(paragraph), context.recordId, paragraph),
        index('citations_paragraph').on(paragraph),
        index('citations_page').on(page),
      ]
    },
    json: (context) => jsonObjectOrNull(locatorColumns(context)),
    toColumns: (value) => ({
      paragraph: value?.paragraph ?? null,
      page: value?.page ?? null,
      row: value?.row ?? null,
      column: value?.column ?? null,
    }),
    query: (context) => {
      const { paragraph, page } = locatorColumns(context)
      return {
        filters: {
          paragraph: filterByCode(paragraph, line(50), 'Paragraph of the source.'),
          page: filterByCode(page, line(50), 'Page of the source.'),
        },
        sorts: { paragraph: { description: 'Paragraph, as text.', ...textOrder(paragraph) } },
      }
    },
  })

const pointerPattern = '^(/([^/~]|~[01])*)+$'
const pointer = z
  .string()
  .min(1)
  .max(200)
  .regex(new RegExp(pointerPattern), { error: 'must be a JSON pointer, such as /signedOn' })
  .meta({ format: 'json-pointer', examples: ['/signedOn'] })

export const citations = defineResource(
  'citations',
  {
    source: field.requiredReference('sources', 'Source that is cited.', {
      groupBy: true,
      include: { name: 'sourceDetails', description: 'the source, as a record.', form: 'one' },
    }),
    record: citedRecord(),
    property: field.code(
      pointer,
      'JSON pointer to the property that is supported, such as /signedOn; null for the whole record.',
      { sort: true, groupBy: valueAsLabel, pattern: pointerPattern },
    ),
    locator: locator(),
    url: field.url('Web address of the cited text, if it differs from that of the source.'),
    sourceRecordId: field.line('Id of the record in the source, such as the number of a row of a register.', {
      max: 300,
    }),
    excerpt: field.line('A few words of the source.', { max: 300, weight: 'A' }),
    note: field.prose('What the source supports, and what is doubtful about it.', { weight: 'B' }),
    rank: field.defaultEnumeration(citationRanks, 'normal', 'Rank among the citations of the same fact.'),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Citation',
    plural: 'Citations',
    noun: 'citation',
    label: { en: 'Citations', zh: '引文' },
    schemaType: 'Claim',
    description:
      'Evidence for one fact: a source, the location within it, and the record and property that it supports.',
    search: { title: 'excerpt', prose: ['note'] },
    refine: checkCitedProperty,
    example: {
      source: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f92',
      record: { resource: 'agreements', id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90' },
      property: '/signedOn',
      locator: { paragraph: '1', page: null, row: null, column: null },
      url: null,
      sourceRecordId: null,
      excerpt: 'In April 2011, China and Pakistan signed',
      note: 'Month of signature; the day is not given.',
      rank: 'normal',
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
