import { z } from 'zod'
import { defaultLanguage } from '../model/languages.ts'
import { booleanText, singleValueParameter } from '../model/parameters.ts'
import { getStringValues } from '../model/query-string.ts'
import { pluralNoun } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { type CellKind, flatColumns, participantsProperty } from '../query/flat.ts'
import { readRepresentation, representationParameters } from '../query/representation.ts'
import { ifNoneMatch, taggedResponse } from './entity-tags.ts'
import { readRowUnit } from './exporting/contract.ts'
import type { Operation } from './operation.ts'
import { readResponses } from './response-schemas.ts'

/** The types of Table Schema, by the kinds of cells. */
const types: Record<CellKind, string> = {
  number: 'number',
  text: 'string',
  code: 'string',
  date: 'string',
  json: 'any',
  instant: 'datetime',
}

/** Descriptions of cells whose type does not say enough, by the kinds of cells. */
const notes: Partial<Record<CellKind, string>> = {
  date: 'A date in EDTF (ISO 8601-2), as precise as its source.',
  json: 'JSON.',
}

/** URL of the JSON Schema of Table Schema. */
const profile = 'https://specs.frictionlessdata.io/schemas/table-schema.json'

const columnsSchema = registerResponseSchema(
  'TableSchema',
  z
    .strictObject({
      $schema: z.string().meta({ description: 'URL of the JSON Schema.' }),
      fields: z.array(
        z.strictObject({
          name: z.string().meta({ description: 'Header of the column.' }),
          type: z.string().meta({ description: 'Type of its cells.' }),
          format: z.string().optional().meta({ description: 'Format of the type.' }),
          description: z.string().optional().meta({ description: 'What the cells are.' }),
        }),
      ),
      missingValues: z.array(z.string()).meta({ description: 'Texts of cells without a value.' }),
      primaryKey: z.string().optional().meta({ description: 'Column that identifies a row.' }),
    })
    .meta({
      description: 'The columns of a CSV file, as a Table Schema.',
      examples: [
        {
          $schema: profile,
          fields: [{ name: 'code', type: 'string' }],
          missingValues: [''],
          primaryKey: 'code',
        },
      ],
    }),
)

/** `GET /v1/{resource}/table-schema`: the columns of the CSV file that an export with these parameters writes. */
export const tableSchema: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.plural}TableSchema`,
    summary: `Describe the CSV file of ${pluralNoun(resource)}`,
    description: 'The columns, as a Table Schema.',
    details:
      'Returns the columns of the CSV export with these parameters, as a Table Schema of Frictionless Data.',
    path: '/table-schema',
    scope: 'collection',
    access: 'read',
    query: {
      ...representationParameters(resource, { isFile: true }),
      names: singleValueParameter(
        booleanText,
        'Whether a column of names follows each column of codes; `true` when left out.',
      ),
      ...(participantsProperty(resource) !== undefined && {
        per: singleValueParameter(
          z.enum(['record', 'participant']),
          'What a row represents; `record` when left out.',
        ),
      }),
    },
    headers: [ifNoneMatch],
    responses: readResponses('The columns.', () => columnsSchema),
  }),

  async handle(resource, { query }) {
    const representation = readRepresentation(resource, query)
    const per = readRowUnit(resource, representation, 'csv', query)
    const hasNames = getStringValues(query, 'names')[0] !== 'false'
    // The columns are the same in every language.
    const columns = flatColumns(resource, representation, per, hasNames ? defaultLanguage : undefined)
    const key = resource.key.property
    const isKeyed = per === 'record' && columns.some(({ name }) => name === key)
    return taggedResponse(
      JSON.stringify({
        $schema: profile,
        fields: columns.map(({ name, kind }) => ({
          name,
          type: types[kind],
          // The default format of the type has no fractions of seconds.
          ...(kind === 'instant' && { format: 'any' }),
          ...(notes[kind] !== undefined && { description: notes[kind] }),
        })),
        missingValues: [''],
        ...(isKeyed && { primaryKey: key }),
      }),
    )
  },
}
