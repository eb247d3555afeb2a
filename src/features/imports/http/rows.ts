import { z } from 'zod'
import { autocommitReads } from '../../../database/database.ts'
import { limitParameter, singleValueParameter } from '../../../model/parameters.ts'
import { getLimit, getStringValues, getValues } from '../../../model/query-string.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { pageEnvelope } from '../../../operations/page-envelope.ts'
import { namedPageSchema } from '../../../operations/response-schemas.ts'
import { pageSize } from '../../../query/list.ts'
import { rowFault } from '../job-schemas.ts'
import { type FaultyRow, readFaultyRows, refusedStates } from '../rows.ts'
import { shorten } from '../shorten.ts'
import { requireImport } from '../store.ts'
import { baseContract, importCollection, numberCursor, readProblems, tag } from './contract.ts'

/** The rows of an import that have faults. */

/** Maximum number of faults of a row that are shown. */
const maxFaults = 20

const example = {
  locator: 'row 3',
  values: { Number: '2', Title: 'Second treaty', Party: 'Atlantis' },
  faults: [{ column: 'Party', value: 'Atlantis', detail: 'matches no record of countries' }],
}

const faultyRow = z
  .strictObject({
    locator: z.string().meta({ description: 'Where the row is in the file.' }),
    values: z
      .looseObject({})
      .meta({ description: 'The row as it is in the file. Long texts and lists are shortened.' }),
    faults: z.array(rowFault).meta({ description: 'What is wrong with it; at most 20.' }),
  })
  .meta({ description: 'A row with faults.', examples: [example] })

const rowsPage = namedPageSchema('ImportRowPage', faultyRow, {
  description: 'A page of rows with faults, in the order of the file.',
  example,
})

/** The states of rows by the parameter `which`. Rows stay `ready` when they are written. */
const states = { refused: refusedStates, dropped: ['ready'] } as const

const whichSchema = z.enum(['refused', 'dropped'])

const maxPosition = 999_999_999

const rowToJson = ({ locator, values, faults }: FaultyRow) =>
  JSON.stringify({ locator, values: shorten(values), faults: (faults ?? []).slice(0, maxFaults) })

/** `GET /v1/imports/{id}/rows` */
export const listFaultyRows: Endpoint = {
  method: 'GET',
  path: '/v1/imports/{id}/rows',
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId: 'listImportRows',
    summary: 'List the rows of an import that have faults',
    description:
      'Rows that are refused, or had values dropped, with their faults: column, value and reason, and what would be right. All refused rows as a file: `GET /v1/imports/{id}/rejected.csv`.',
    query: {
      which: singleValueParameter(
        whichSchema,
        'Whether to list rows that are `refused` (default), or had values `dropped`.',
      ),
      limit: limitParameter('Rows per page', pageSize),
      cursor: numberCursor(maxPosition),
    },
    responses: { 200: { description: 'A page of rows.', schema: () => rowsPage, headers: {} } },
    problems: readProblems,
  },
  async handle({ key, query }, { database }) {
    await requireImport(autocommitReads(database), key)
    const limit = getLimit(query, pageSize)
    const [after = 0] = getValues(query, 'cursor')
    const which = whichSchema.parse(getStringValues(query, 'which')[0] ?? 'refused')
    const rows = await readFaultyRows(
      database,
      { id: key, states: states[which], after: Number(after) },
      limit + 1,
    )
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    const next = last?.hasNext ? String(last.position) : null
    return { status: 200, headers: {}, body: pageEnvelope(shown.map(rowToJson).join(), { limit, next }) }
  },
}
