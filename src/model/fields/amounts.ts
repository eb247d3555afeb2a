import { type SQL, sql } from 'drizzle-orm'
import { check, index, numeric } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, snakeCase, textArray } from '../../database/columns.ts'
import { unitNumber, unitText, yearForm } from '../date-units.ts'
import { requireDecimals } from '../decimals.ts'
import { byMultiValue, type Dimension, enumLabels, valueAsLabel } from '../dimensions.ts'
import { findEdtfFault } from '../edtf.ts'
import { defineField, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { type Comparison, decimalText, type Filter, filterByAny, isInAny, type Operator } from '../filters.ts'
import { listTable } from '../list-rows.ts'
import type { ListElements, MultiValue } from '../multi-values.ts'
import { currency, maxAmount, optional } from '../schemas.ts'
import { amountKinds } from '../vocabularies.ts'
import { requiredCode } from './code.ts'
import { edtfInList } from './edtf.ts'
import { list } from './list.ts'
import { prose } from './text.ts'

/** Schema of an amount of money: exact as a JSON number, negative if it was paid back or withdrawn. */
const moneySchema = (description: string) =>
  z
    .number()
    .gt(-1e13)
    .lt(1e13)
    .superRefine(requireDecimals(2))
    .meta({ description: `${description} At most two decimals.`, minimum: -maxAmount, maximum: maxAmount })

/** An amount of money in the items of a list. */
const moneyInList = <Schema extends z.ZodType<number | null>>(
  schema: Schema,
  { required = false, indexed = false } = {},
) =>
  defineField<Schema>({
    schema: () => schema,
    columns: (name) => {
      const column = numeric(snakeCase(name), { precision: 15, scale: 2, mode: 'number' })
      return { [name]: required ? column.notNull() : column }
    },
    constraints: (context) => [
      check(
        `${prefixedName(context)}_range`,
        sql`${ownColumn(context)} > -10000000000000 and ${ownColumn(context)} < 10000000000000`,
      ),
      ...(indexed ? [index(prefixedName(context)).on(ownColumn(context))] : []),
    ],
    json: (context) => sql`trim_scale(${ownColumn(context)})`,
  })

/** The date of an amount, with an index by the year in which it lies. */
const amountDate = () => {
  const date = edtfInList('When it was committed, paid or due; of a budget, its period.')
  return defineField({
    ...date,
    constraints: (context) => [
      ...(date.constraints?.(context) ?? []),
      index(`${context.tableName}_year`).on(
        unitNumber.year(columnIn(context.columns, 'dateEarliest'), columnIn(context.columns, 'dateLatest')),
      ),
    ],
  })
}

const items = {
  kind: requiredCode(z.enum(amountKinds), 'What the amount is.', { values: amountKinds }),
  date: amountDate(),
  amount: moneyInList(
    moneySchema('The amount as the source states it; negative if it was paid back or withdrawn.'),
    {
      required: true,
      indexed: true,
    },
  ),
  currency: requiredCode(currency(), 'Currency of the amount, an ISO 4217 code.', { pattern: '^[A-Z]{3}$' }),
  valueUsd: moneyInList(optional(moneySchema('The value in US dollars, if the source gives one.'))),
  note: prose('Note.', { max: 1000, filter: false }),
}

const yearError = 'must be a year, such as 2011'

const yearText = z
  .string()
  .max(10)
  .regex(yearForm, { error: yearError, abort: true })
  .refine((text) => !findEdtfFault(text), { error: yearError })
  .meta({ examples: ['2011'] })

/** A column of `amountElements` that is a filter and a dimension of the same name. */
interface AmountProperty {
  name: string
  column: string
  value: z.ZodType
  description: string
  label: Dimension['label']
}

const amountProperties: AmountProperty[] = [
  {
    name: 'amountKind',
    column: 'kind',
    value: z.enum(amountKinds),
    description: 'Kind of an amount of the record.',
    label: enumLabels(amountKinds),
  },
  {
    name: 'amountCurrency',
    column: 'currency',
    value: currency(),
    description: 'Currency of an amount of the record.',
    label: valueAsLabel,
  },
  {
    name: 'amountYear',
    column: 'year',
    value: yearText,
    description: 'Year in which the date of an amount lies.',
    label: valueAsLabel,
  },
]

/** SQL condition that an amount has one of a filter's values. Years are compared as numbers, as in their index. */
const hasAnyValue = (column: string, values: SQL): SQL =>
  column === 'year'
    ? sql`year_number = any((select array_agg(ltrim(year, 'Y')::int) from unnest(${textArray(values)}) year)::int[])`
    : sql`${sql.identifier(column)} = any(${textArray(values)})`

/**
 * A comparison of the number, kind, currency or year of an amount. All such comparisons of a request must match the same
 * amount.
 */
interface AmountComparison {
  filter: string
  operator: Operator
  /** SQL condition of an amount. */
  matches(value: SQL): SQL
}

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

const numberComparisons: AmountComparison[] = [
  {
    filter: 'amount',
    operator: 'eq',
    matches: (values) => sql`amount = any(${textArray(values)}::numeric[])`,
  },
  ...(['gt', 'gte', 'lt', 'lte'] as const).map((operator) => ({
    filter: 'amount',
    operator,
    matches: (value: SQL) => sql`amount ${sql.raw(signs[operator])} ${value}::text::numeric`,
  })),
]

const amountComparisons: AmountComparison[] = [
  ...amountProperties.map(({ name, column }) => ({
    filter: name,
    operator: 'eq' as const,
    matches: (values: SQL) => hasAnyValue(column, values),
  })),
  ...numberComparisons,
  {
    filter: 'amountYear',
    operator: 'isNull',
    // The value `false` is a condition on all amounts of a record together (`propertyFilter`), so here it excludes no amount.
    matches: (truth) => sql`(year is null or not ${truth}::boolean)`,
  },
]

/** The amounts of records, each with the year in which its date lies. */
function amountElements(context: FieldContext): ListElements {
  const table = listTable(context)
  const column = (property: string) => columnOf(table, property)
  const yearNumber = unitNumber.year(column('dateEarliest'), column('dateLatest'))
  return {
    name: context.name,
    rows: (getOtherFilter) => {
      const conditions = amountComparisons.flatMap(({ filter, operator, matches }) => {
        const value = getOtherFilter(filter, operator)
        return value ? [matches(value)] : []
      })
      const where = conditions.length > 0 ? sql` where ${sql.join(conditions, sql` and `)}` : sql``
      return sql`select * from (select ${column('record')} as record, ${column('kind')} as kind, ${column('currency')} as currency, ${unitText.year(yearNumber)} as year, ${yearNumber} as year_number, ${column('amount')} as amount, ${column('valueUsd')} as value_usd from ${table}) amounts${where}`
    },
  }
}

/** The values of one column of a record's amounts. */
const amountValues = (
  recordId: FieldContext['recordId'],
  elements: ListElements,
  column: string,
): MultiValue => ({
  recordId,
  type: 'text',
  element: { list: elements, column },
  queries: (getOtherFilter) => [
    sql`select listed.record, listed.${sql.identifier(column)} as value from (${elements.rows(getOtherFilter)}) listed where listed.${sql.identifier(column)} is not null`,
  ],
})

/** The filter by the number of an amount. The same amount must match the other filters by amount. */
function numberFilter(recordId: FieldContext['recordId'], elements: ListElements): Filter {
  const compare = ({ operator, matches }: AmountComparison): [Operator, Comparison] => [
    operator,
    {
      takes: operator === 'eq' ? 'many' : 'one',
      sql: (value, getOtherFilter) =>
        isInAny(recordId, [
          sql`select listed.record from (${elements.rows(getOtherFilter)}) listed where ${matches(value)}`,
        ]),
    },
  ]
  return {
    description:
      'An amount of the record, which also matches `amountKind`, `amountCurrency` and `amountYear` where these are given. Filter by `amountCurrency`, too.',
    value: decimalText,
    jsonValue: z.number(),
    comparisons: Object.fromEntries(numberComparisons.map(compare)),
  }
}

/** The filter by the kind, currency or year of an amount. The same amount must match the other filters by amount. */
function propertyFilter(
  recordId: FieldContext['recordId'],
  elements: ListElements,
  { name, column, value, description }: AmountProperty,
): Filter {
  const filter = filterByAny(
    value,
    `${description} The other filters by amount match the same amount, except \`isNull\` with \`false\`, which applies to all amounts.`,
    (values, getOtherFilter) =>
      isInAny(recordId, [
        sql`select listed.record from (${elements.rows(getOtherFilter)}) listed where ${hasAnyValue(column, values)}`,
      ]),
  )
  // A record is in the group null if it has no amount, or an amount without this value.
  const hasNull = (rows: SQL) =>
    sql`(not exists (select from (${rows}) listed where listed.record = ${recordId}) or exists (select from (${rows}) listed where listed.record = ${recordId} and listed.${sql.identifier(column)} is null))`
  const isNull: Comparison = {
    takes: 'boolean',
    sql: (truth, getOtherFilter) => {
      const narrowed = elements.rows((otherFilter, operator) =>
        otherFilter === name && operator === 'isNull' ? undefined : getOtherFilter(otherFilter, operator),
      )
      // The value `false` is a condition on all amounts of a record. If other filters excluded amounts here, a request with
      // more filters could match more records.
      const all = elements.rows(() => undefined)
      return sql`case when ${truth}::boolean then ${hasNull(narrowed)} else not ${hasNull(all)} end`
    },
  }
  return { ...filter, comparisons: { ...filter.comparisons, isNull } }
}

function amountQuery(context: FieldContext) {
  const { recordId } = context
  const elements = amountElements(context)
  const filters = amountProperties.map((property) => [
    property.name,
    propertyFilter(recordId, elements, property),
  ])
  const dimensions = amountProperties.map(({ name, column, description, label }) => [
    name,
    byMultiValue(
      amountValues(recordId, elements, column),
      name,
      `${description} Combined amount dimensions refer to the same amount.`,
      label,
      'eq',
    ),
  ])
  return {
    filters: { amount: numberFilter(recordId, elements), ...Object.fromEntries(filters) },
    dimensions: Object.fromEntries(dimensions),
    measures: {
      amount: {
        description: 'The amounts, in one currency and of one kind.',
        value: sql`listed.amount`,
        elements,
        singleValued: ['amountKind', 'amountCurrency'],
      },
      amountUsd: {
        description: 'The values in US dollars of the amounts of one kind, where sources give them.',
        value: sql`listed.value_usd`,
        elements,
        singleValued: ['amountKind'],
      },
    },
  }
}

/**
 * Amounts of money of a record, each with its kind, date and currency as the source states them, and its value in US dollars
 * if the source gives one. Filters, dimensions and measures of one request refer to the same amount.
 * @param schemaName name of the component schema of one amount.
 */
export const amounts = (schemaName: string) =>
  list(schemaName, items, {
    description: 'A sum of money.',
    example: {
      kind: 'commitment',
      date: '2011-04',
      amount: 1500000,
      currency: 'CNY',
      valueUsd: null,
      note: null,
    },
    max: 500,
    isRepeatable: true,
    query: amountQuery,
  })
