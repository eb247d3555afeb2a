import { columnIn, edtfColumns } from '../../database/columns.ts'
import { spanIndex } from '../../database/date-spans.ts'
import { dayOrder, orderIndexes } from '../../database/ordering.ts'
import { filterByDate } from '../date-filters.ts'
import { byDate } from '../dimensions.ts'
import { defineField, type Field, type FieldContext, prefixedName } from '../field.ts'
import { edtf as edtfSchema, optional } from '../schemas.ts'

/** The columns of the earliest and the latest day. */
const boundColumns = ({ name, columns }: FieldContext) => ({
  earliest: columnIn(columns, `${name}Earliest`),
  latest: columnIn(columns, `${name}Latest`),
})

/** Returns the name of a date's dimensions without the unit: `signed` for `signedOn`. */
const dimensionName = (name: string) => name.replace(/(?<=.)(On|From)$/, '')

const dateConstraints = (context: FieldContext) => {
  const { earliest, latest } = boundColumns(context)
  const base = prefixedName(context)
  return [
    ...orderIndexes(`${base}_order`, dayOrder(earliest), context.recordId, earliest),
    spanIndex(`${base}_span`, earliest, latest),
  ]
}

const dateQuery = (context: FieldContext, description: string) => {
  const { name, table } = context
  return {
    filters: { [name]: filterByDate(table, name, edtfSchema(description), description) },
    sorts: { [name]: { description, ...dayOrder(boundColumns(context).earliest) } },
    dimensions: byDate(table, name, dimensionName(name)),
  }
}

type DateOptions = Pick<Field, 'notBefore'>

/** A date as its source gives it: EDTF text, with its earliest and latest day computed by the database. */
export const edtf = (description: string, options: DateOptions = {}) =>
  defineField({
    ...options,
    schema: () => optional(edtfSchema(description)),
    columns: (name) => edtfColumns(name),
    dimensionColumns: (context) => Object.values(boundColumns(context)),
    constraints: dateConstraints,
    query: (context) => dateQuery(context, description),
  })

/** A date in the items of a list. It has a filter, and neither an index nor a sort key. */
export const edtfInList = (description: string, options: DateOptions = {}) =>
  defineField({
    ...options,
    schema: () => optional(edtfSchema(description)),
    columns: (name) => edtfColumns(name),
    query: ({ name, table }) => ({
      filters: { [name]: filterByDate(table, name, edtfSchema(description), description) },
    }),
  })
