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
import { proseText } from './text.ts'

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
  note: proseText('Note.', { max: 1000, filter: false }),
}

/** The columns of `amountElements` by which amounts are filtered and grouped, by the names of the filters and dimensions. */
const columnsByFilter = { amountKind: 'kind', amountCurrency: 'currency', amountYear: 'year' } as const

type ColumnFilter = keyof typeof columnsByFilter

// `Object.keys` returns `string[]`, but the constant has no other keys than its type.
const columnFilters = Object.keys(columnsByFilter) as ColumnFilter[]

/** SQL condition that an amount has one of a filter's values. Years are compared as numbers, as in their index. */
function hasOneOf(name: ColumnFilter, values: SQL): SQL {
  if (name !== 'amountYear') return sql`${sql.identifier(columnsByFilter[name])} = any(${textArray(values)})`
  return sql`year_number = any((select array_agg(ltrim(year, 'Y')::int) from unnest(${textArray(values)}) year)::int[])`
}

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
  ...columnFilters.map((filter) => ({
    filter,
    operator: 'eq' as const,
    matches: (values: SQL) => hasOneOf(filter, values),
  })),
  ...numberComparisons,
  {
    filter: 'amountYear',
    operator: 'isNull',
    // The value `false` is a condition on all amounts of a record together (`lacking`), so here it excludes no amount.
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

const yearError = 'must be a year, such as 2011'

const yearText = z
  .string()
  .max(10)
  .regex(yearForm, { error: yearError, abort: true })
  .refine((text) => !findEdtfFault(text), { error: yearError })
  .meta({ examples: ['2011'] })

const valueSchemas: Record<ColumnFilter, () => z.ZodType> = {
  amountKind: () => z.enum(amountKinds),
  amountCurrency: currency,
  amountYear: () => yearText,
}

const descriptions: Record<ColumnFilter, string> = {
  amountKind: 'Kind of an amount of the record.',
  amountCurrency: 'Currency of an amount of the record.',
  amountYear: 'Year in which the date of an amount lies.',
}

const labels: Record<ColumnFilter, Dimension['label']> = {
  amountKind: enumLabels(amountKinds),
  amountCurrency: valueAsLabel,
  amountYear: valueAsLabel,
}

function amountQuery(context: FieldContext) {
  const { recordId } = context
  const elements = amountElements(context)
  const multiValues = columnFilters.map(
    (name) => [name, amountValues(recordId, elements, columnsByFilter[name])] as const,
  )
  const matching = (name: ColumnFilter): [string, Filter] => {
    const filter = filterByAny(
      valueSchemas[name](),
      `${descriptions[name]} The other filters by amount match the same amount.`,
      (values, getOtherFilter) =>
        isInAny(recordId, [
          sql`select listed.record from (${elements.rows(getOtherFilter)}) listed where ${hasOneOf(name, values)}`,
        ]),
    )
    const column = sql`listed.${sql.identifier(columnsByFilter[name])}`
    // A record is in the group null if it has no amount, or an amount without this value.
    const isLacking = (rows: SQL) =>
      sql`(not exists (select from (${rows}) listed where listed.record = ${recordId}) or exists (select from (${rows}) listed where listed.record = ${recordId} and ${column} is null))`
    const lacking: Comparison = {
      takes: 'boolean',
      sql: (truth, getOtherFilter) => {
        const narrowed = elements.rows((filter, operator) =>
          filter === name && operator === 'isNull' ? undefined : getOtherFilter(filter, operator),
        )
        // The value `false` is a condition on all amounts of a record. If other filters excluded amounts here, a request with
        // more filters could match more records.
        const all = elements.rows(() => undefined)
        return sql`case when ${truth}::boolean then ${isLacking(narrowed)} else not ${isLacking(all)} end`
      },
    }
    return [name, { ...filter, comparisons: { ...filter.comparisons, isNull: lacking } }]
  }
  return {
    filters: { amount: numberFilter(recordId, elements), ...Object.fromEntries(columnFilters.map(matching)) },
    dimensions: Object.fromEntries(
      multiValues.map(([name, multiValue]) => [
        name,
        byMultiValue(
          multiValue,
          name,
          `${descriptions[name]} Combined amount dimensions refer to the same amount.`,
          labels[name],
          'eq',
        ),
      ]),
    ),
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
export const amounts = (schemaName: string) => {
  const amountList = list(schemaName, items, {
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
  })
  return defineField({
    ...amountList,
    query: (context) => ({ ...amountList.query?.(context), ...amountQuery(context) }),
  })
}
