import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, numeric, text } from 'drizzle-orm/pg-core'
import { holds } from './columns.ts'

/** An amount, exact as a JSON number, and its ISO 4217 currency. */
export const moneyColumn = {
  amount: (name: string) => numeric(name, { precision: 15, scale: 2, mode: 'number' }),
  currency: (name: string) => text(name),
}

/** Amount and currency come together; the amount is not negative; the currency is three capitals. */
export function moneyChecks(name: string, amount: AnyPgColumn, currency: AnyPgColumn) {
  const condition: SQL = sql`num_nulls(${amount}, ${currency}) <> 1 and ${amount} >= 0 and ${amount} < 10000000000000 and ${currency} ~ '^[A-Z]{3}$'`
  return holds(`${name}_valid`, condition)
}
