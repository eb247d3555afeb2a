import { sql } from 'drizzle-orm'
import { check, index, numeric, text } from 'drizzle-orm/pg-core'
import { columnIn, snakeCase } from '../../database/columns.ts'
import { numberOrder, orderIndexes } from '../../database/ordering.ts'
import { byValue } from '../dimensions.ts'
import { defineField, type FieldContext, prefixedName } from '../field.ts'
import { filterByCode, filterByNumber } from '../filters.ts'
import { currency as currencySchema, money as moneySchema, optional } from '../schemas.ts'

const moneyColumns = ({ name, columns }: FieldContext) => ({
  amount: columnIn(columns, `${name}Amount`),
  currency: columnIn(columns, `${name}Currency`),
})

/**
 * An amount of money and its ISO 4217 currency, in two columns. Amounts have at most two decimals and are below 10^13,
 * so they are exact as JSON numbers. The filter and the sort key of the amount ignore its currency.
 */
export const money = (description: string) =>
  defineField({
    schema: () => optional(moneySchema).meta({ description }),
    columns: (name) => ({
      [`${name}Amount`]: numeric(`${snakeCase(name)}_amount`, { precision: 15, scale: 2, mode: 'number' }),
      [`${name}Currency`]: text(`${snakeCase(name)}_currency`),
    }),
    constraints: (context) => {
      const { amount, currency } = moneyColumns(context)
      const base = prefixedName(context)
      return [
        check(
          `${base}_valid`,
          sql`num_nulls(${amount}, ${currency}) <> 1 and ${amount} >= 0 and ${amount} < 10000000000000 and ${currency} ~ '^[A-Z]{3}$'`,
        ),
        ...orderIndexes(`${base}_order`, numberOrder(amount), context.recordId, amount),
        index(`${base}_currency`).on(currency),
      ]
    },
    json: (context) => {
      const { amount, currency } = moneyColumns(context)
      return sql`case when ${amount} is not null then (select row_to_json(part) from (select trim_scale(${amount}) as amount, ${currency} as currency) part) end`
    },
    toColumns: (value, { name }) => ({
      [`${name}Amount`]: value?.amount ?? null,
      [`${name}Currency`]: value?.currency ?? null,
    }),
    query: (context) => {
      const { name } = context
      const { amount, currency } = moneyColumns(context)
      const currencyName = `${name}Currency`
      return {
        filters: {
          [name]: filterByNumber(amount, `${description} The amount. Filter by \`${currencyName}\`, too.`),
          [currencyName]: filterByCode(currency, currencySchema(), `Currency of \`${name}\`.`),
        },
        sorts: {
          [name]: {
            description: `${description} The amount, regardless of its currency.`,
            ...numberOrder(amount),
          },
        },
        dimensions: { [currencyName]: byValue(currency, currencyName, `Currency of \`${name}\`.`) },
        measures: { [name]: { description, value: sql`${amount}`, singleValued: [currencyName] } },
      }
    },
  })
