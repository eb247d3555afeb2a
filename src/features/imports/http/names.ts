import { z } from 'zod'
import { autocommitReads, type DatabaseClient } from '../../../database/database.ts'
import { cursorParameter, limitParameter, singleValueParameter } from '../../../model/parameters.ts'
import { getLimit, getStringValues } from '../../../model/query-string.ts'
import type { Registry } from '../../../model/registry.ts'
import { registerRequestSchema } from '../../../model/schema-names.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { pageOf } from '../../../operations/page-envelope.ts'
import { namedPageSchema } from '../../../operations/response-schemas.ts'
import { getAuthorship } from '../../../operations/writing/authorship.ts'
import { replayedHeaders, runOnce } from '../../../operations/writing/idempotency.ts'
import { invalidBody } from '../../../operations/writing/validation.ts'
import { checkValue } from '../../../problems/faults.ts'
import { pageSize } from '../../../query/list.ts'
import { checkAgain, checkEffect, lockOpen, requireOpen } from '../decision-effects.ts'
import { checkDecisions, requireUndecided, saveDecisions } from '../decisions.ts'
import { namesHeader, namesToCsv } from '../decisions-csv.ts'
import { mentionName } from '../mentions.ts'
import { type ImportName, leftOutStatus, listNamesByStatus, undecidedStatuses } from '../names.ts'
import { requireImport } from '../store.ts'
import {
  baseContract,
  changeContract,
  changeProblems,
  importCollection,
  importSchema,
  importToJson,
  readProblems,
  tag,
} from './contract.ts'
import { csvDownload } from './csv-download.ts'
import { notifyImports } from './notify.ts'

/** The names of an import without a record: a person decides which records they mean. */

const example = {
  resource: 'countries',
  name: 'Pakstan',
  country: null,
  scheme: null,
  rows: 12,
  status: 'unresolved',
  candidates: [{ key: 'PAK', name: 'Pakistan', score: 0.9 }],
}

const unresolvedName = z
  .strictObject({
    resource: z.string().meta({ description: 'The resource of the record that the name means.' }),
    name: z.string().meta({ description: 'The name as the file has it.' }),
    country: z.string().nullable().meta({ description: 'The country in which the name is looked for.' }),
    scheme: z.string().nullable().meta({ description: 'The scheme of the code or topic.' }),
    rows: z.int().min(1).meta({
      description: 'Rows with the name. A row counts once for each date for which it has the name.',
    }),
    status: z.enum([...undecidedStatuses, leftOutStatus]).meta({
      description:
        '`ambiguous`: it matches several records; `unresolved`: none; `record_gone`: the record of its decision is gone; `left_out`: its values are left out by a decision.',
    }),
    candidates: z
      .array(
        z.looseObject({
          key: z.string().meta({ description: 'Key of the record.' }),
          name: z.string().meta({ description: 'Its name.' }),
          score: z.number().min(0).max(1).meta({ description: 'How sure the match is.' }),
        }),
      )
      .meta({ description: 'At most three candidates.' }),
  })
  .meta({ description: 'An unresolved name.', examples: [example] })

const namesPage = namedPageSchema('ImportNamePage', unresolvedName, {
  description: 'Unresolved names; most frequent first.',
  example,
})

/** The statuses of names by the parameter `which`. */
const statuses = { undecided: undecidedStatuses, left_out: [leftOutStatus] } as const

const whichSchema = z.enum(['undecided', 'left_out'])

const cursorPattern = /^(\d{1,9})\.([\w-]{27})$/

const cursor = z
  .string()
  .regex(cursorPattern, { error: 'must be the value of `page.next` of a page of these names' })

function parseCursor(text: string | undefined) {
  const [, rows, identity] = cursorPattern.exec(text ?? '') ?? []
  return rows === undefined || identity === undefined ? undefined : { rows: Number(rows), identity }
}

const nameToJson = ({ mention, rows, status, candidates }: ImportName) =>
  JSON.stringify({
    resource: mention.resource,
    name: mentionName(mention),
    country: mention.country ?? null,
    scheme: mention.scheme ?? null,
    rows,
    status,
    candidates,
  })

/** `GET /v1/imports/{id}/names` */
export const listNames: Endpoint = {
  method: 'GET',
  path: '/v1/imports/{id}/names',
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId: 'listImportNames',
    summary: 'List the unresolved names of an import',
    description:
      'Names that match no record or several, or whose decided record is gone, each once, with candidates. Without a decision, their rows are refused, or imported without the value, as the mapping says.',
    query: {
      which: singleValueParameter(
        whichSchema,
        'Whether to list names that are `undecided` (default), or whose values are `left_out` by a decision.',
      ),
      limit: limitParameter('Names per page', pageSize),
      cursor: cursorParameter(cursor, 'Cursor of the page: `page.next` of the page before.'),
    },
    responses: { 200: { description: 'A page of names.', schema: () => namesPage, headers: {} } },
    problems: readProblems,
  },
  async handle({ key, query }, { database }) {
    const reads = autocommitReads(database)
    await requireImport(reads, key)
    const limit = getLimit(query, pageSize)
    const after = parseCursor(getStringValues(query, 'cursor')[0])
    const which = whichSchema.parse(getStringValues(query, 'which')[0] ?? 'undecided')
    const found = await listNamesByStatus(reads, key, statuses[which], { limit: limit + 1, after })
    const cursorOf = ({ rows, identity }: { rows: number; identity: string }) => `${rows}.${identity}`
    return { status: 200, headers: {}, body: pageOf(found, limit, { toJson: nameToJson, cursorOf }) }
  },
}

/** Number of names that are read together. */
const csvPageSize = 1000

/** Yields the unresolved names as CSV. */
export async function* streamUnresolvedNames(database: DatabaseClient, id: string): AsyncGenerator<string> {
  yield namesHeader
  for (let after: { rows: number; identity: string } | undefined; ; ) {
    const page = { limit: csvPageSize, after }
    const names = await listNamesByStatus(autocommitReads(database), id, undecidedStatuses, page)
    after = names.at(-1)
    if (!after) return
    yield namesToCsv(names)
  }
}

/** `GET /v1/imports/{id}/names.csv` */
export const namesCsv = csvDownload({
  name: 'names',
  operationId: 'getImportNamesCsv',
  summary: 'Read the unresolved names of an import as CSV',
  description:
    'The names of `GET /v1/imports/{id}/names` as CSV. Write a key, or `-` for a name without a record, into the column `decision`, and send the file with the next import of the register as `decisions`.',
  stream: (database, { id }) => streamUnresolvedNames(database, id),
})

/** Maximum number of decisions in one request. */
const maxDecisions = 1000

const decisionsInput = registerRequestSchema(
  'ImportDecisions',
  z
    .strictObject({
      decisions: z
        .array(
          z.strictObject({
            resource: z.string().max(100).meta({ description: 'The resource, as in the list of names.' }),
            name: z.string().min(1).max(1000).meta({ description: 'The name, as in the list of names.' }),
            country: z
              .string()
              .max(1000)
              .nullable()
              .optional()
              .meta({ description: 'The country, as in the list of names.' }),
            scheme: z
              .string()
              .max(1000)
              .nullable()
              .optional()
              .meta({ description: 'The scheme, as in the list of names.' }),
            key: z.string().max(200).nullable().meta({
              description: 'Key of the record; null if there is none: values with the name are left out.',
            }),
          }),
        )
        .min(1)
        .max(maxDecisions),
      onlyUndecided: z.boolean().optional().meta({
        description:
          'If true, the request is refused (`409`) when a name already has another decision, or when the import is no longer open for decisions.',
      }),
    })
    .meta({
      description: 'Decisions about names.',
      examples: [{ decisions: [{ resource: 'countries', name: 'Pakstan', key: 'PAK' }] }],
    }),
)

/** `PUT /v1/imports/{id}/names` */
export const decideNames = (registry: Registry): Endpoint => ({
  method: 'PUT',
  path: '/v1/imports/{id}/names',
  tag,
  collection: importCollection,
  contract: {
    ...changeContract,
    operationId: 'decideImportNames',
    summary: 'Choose the records of unresolved names',
    description:
      'Stores decisions for all imports of the register whose commit has not begun; a later decision replaces an earlier one. A decision that has no effect in this import is refused. Staged imports with the names are checked again in the background.',
    body: {
      mediaTypes: ['application/json'],
      schema: () => decisionsInput,
      example: { decisions: [{ resource: 'countries', name: 'Pakstan', key: 'PAK' }] },
    },
    responses: { 200: { description: 'The import.', schema: () => importSchema, headers: replayedHeaders } },
    problems: [...changeProblems, 'conflict', 'invalid-body'],
  },
  async handle(request, { database }) {
    const { key } = request
    const { data, faults } = checkValue(decisionsInput, request.body)
    if (faults) throw invalidBody('request', faults)
    const decisions = data.decisions.map(({ country = null, scheme = null, ...decision }) => ({
      ...decision,
      country,
      scheme,
    }))
    const locate = (_: unknown, index: number, property: string) => `/decisions/${index}/${property}`
    await checkDecisions(database, registry, decisions, locate)
    const { actor } = getAuthorship(request)
    return runOnce(database, request, async (tx) => {
      const { scheme } = await requireImport(tx, key)
      await lockOpen(tx, scheme)
      const found = await requireImport(tx, key)
      if (data.onlyUndecided === true) {
        requireOpen(found)
        await requireUndecided(tx, registry, scheme, decisions)
      }
      // Until the file has been read, its names are not known.
      if (found.rowsRead !== null) await checkEffect(tx, key, decisions)
      await checkAgain(tx, scheme, decisions, await saveDecisions(tx, scheme, decisions, actor))
      await notifyImports(tx)
      return { status: 200, headers: {}, body: importToJson(await requireImport(tx, key)) }
    })
  },
})
