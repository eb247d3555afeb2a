import { z } from 'zod'
import { formatPointer } from '../../../problems/faults.ts'
import { safeCsv } from '../../../query/safe-csv.ts'
import type { PartWithResponse } from './view-data-response.ts'

/**
 * Converts the JSON of views to rows of CSV: the groups of aggregates and briefings, the edges of networks, results of
 * searches, entries of the feed of changes, and the values of records.
 */

const text = z.string().nullable()
const texts = z.record(z.string(), text)
const numbers = z.record(z.string(), z.number().nullable())

const group = z.object({ key: texts, label: texts, measures: numbers, list: z.string() })
const aggregate = z.object({ data: z.array(group) })
const briefing = z.object({
  records: z.record(z.string(), z.object({ groups: z.record(z.string(), aggregate) })),
})
const edgeProperties = {
  count: z.number(),
  resources: z.record(z.string(), z.number()),
  first: text,
  last: text,
}
const network = z.object({
  nodes: z.array(z.object({ id: z.string(), name: z.string() })),
  edges: z.array(z.object({ source: z.string(), target: z.string(), ...edgeProperties })),
})
const partners = z.object({
  country: z.object({ code: z.string(), name: z.string() }),
  partners: z.array(z.object({ country: z.string(), name: z.string(), ...edgeProperties })),
})

type Cell = string | number | null
type Row = Record<string, Cell>

const addPrefix = (prefix: string, values: Readonly<Record<string, Cell>>): Row =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))

const groupRow = ({ key, label, measures, list }: z.infer<typeof group>): Row => ({
  ...key,
  ...addPrefix('label:', label),
  ...measures,
  list,
})

/** Returns groups of several dimensions as rows of one table. Each row names the dimension of its group. */
const briefingRows = ({ records }: z.infer<typeof briefing>): Row[] =>
  Object.entries(records).flatMap(([resource, { groups }]) =>
    Object.entries(groups).flatMap(([by, { data }]) =>
      data.map(({ key, label, measures, list }) => ({
        resource,
        by,
        key: Object.values(key)[0] ?? null,
        label: Object.values(label)[0] ?? null,
        count: measures.count ?? null,
        list,
      })),
    ),
  )

const edgeRow = (
  source: readonly [string, string],
  target: readonly [string, string],
  { count, resources, first, last }: z.infer<z.ZodObject<typeof edgeProperties>>,
): Row => ({
  source: source[0],
  'label:source': source[1],
  target: target[0],
  'label:target': target[1],
  count,
  ...resources,
  first,
  last,
})

function networkRows({ nodes, edges }: z.infer<typeof network>): Row[] {
  const names = new Map(nodes.map(({ id, name }) => [id, name]))
  const node = (id: string) => [id, names.get(id) ?? id] as const
  return edges.map((edge) => edgeRow(node(edge.source), node(edge.target), edge))
}

const partnerRows = ({ country, partners: found }: z.infer<typeof partners>): Row[] =>
  found.map((partner) => edgeRow([country.code, country.name], [partner.country, partner.name], partner))

const hits = z.object({
  data: z.array(
    z.object({ resource: z.string(), key: z.string(), title: z.string(), snippet: text, link: z.string() }),
  ),
})
const changes = z.object({
  data: z.array(
    z.object({
      time: z.string(),
      operation: z.string(),
      resource: z.string(),
      key: z.string(),
      version: z.number().nullable(),
      actor: z.object({ name: text }).nullable(),
      reason: text,
    }),
  ),
})

/** Returns the row of a search result. The snippet, which is HTML with marked words, becomes plain text. */
const hitRow = ({ snippet, ...hit }: z.infer<typeof hits>['data'][number]): Row => ({
  ...hit,
  snippet: snippet && decodeSnippet(snippet),
})

/** The characters that a snippet escapes. */
const escaped: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

const decodeSnippet = (html: string): string =>
  html.replaceAll(/<\/?mark>/g, '').replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (code) => escaped[code] ?? code)

const changeRow = ({ actor, ...change }: z.infer<typeof changes>['data'][number]): Row => ({
  ...change,
  actor: actor?.name ?? null,
})

const responseRows = z.union([
  aggregate.transform(({ data }) => data.map(groupRow)),
  network.transform(networkRows),
  partners.transform(partnerRows),
  briefing.transform(briefingRows),
  hits.transform(({ data }) => data.map(hitRow)),
  changes.transform(({ data }) => data.map(changeRow)),
])

const count = z.object({ page: z.object({ total: z.object({ count: z.number() }) }) })

/**
 * The columns if there are no rows. Parts are those of the overview or of a comparison, and only a comparison can have no
 * rows.
 */
const partColumns = ['country', 'asOf', 'resource', 'by', 'key', 'label', 'count', 'list']

/** Returns the rows of a part: its groups, or the number of records of a list. */
function partRows({ resource, by, column, path, response }: PartWithResponse): Row[] {
  const origin = {
    ...(column && { country: column.country ?? null, asOf: column.asOf ?? null }),
    resource,
    by,
  }
  if (by === null) {
    const list = path.replace(/\?.*/, '')
    return [{ ...origin, key: null, label: null, count: count.parse(response).page.total.count, list }]
  }
  return aggregate.parse(response).data.map(({ key, label, measures, list }) => ({
    ...origin,
    key: key[by] ?? null,
    label: label[by] ?? null,
    count: measures.count ?? null,
    list,
  }))
}

/** Yields the texts, numbers, booleans and nulls in a JSON value, each with its JSON pointer (RFC 6901). */
function* listValues(value: unknown, pointer: string): Generator<{ property: string; value: Cell }> {
  if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value))
      yield* listValues(part, `${pointer}${formatPointer([name])}`)
  } else
    yield { property: pointer, value: typeof value === 'number' || value === null ? value : String(value) }
}

/** Returns the CSV of rows, with a header line of their own columns; without rows, only a header line of `columns`. */
const toCsv = (rows: readonly Row[], columns: readonly string[]): string =>
  rows.length === 0 ? safeCsv([columns]) : safeCsv(rows, { header: true })

/** Returns the CSV of a record: a row for each value, with its JSON pointer, by which citations name a property. */
export const recordCsv = (json: string): string =>
  toCsv([...listValues(JSON.parse(json), '')], ['property', 'value'])

/** Returns the CSV of several responses: a row for each group, and a row with the number of records of each list. */
export const partsCsv = (parts: readonly PartWithResponse[]): string =>
  toCsv(parts.flatMap(partRows), partColumns)

/**
 * Returns the CSV (RFC 4180) of a view: a row for each group, edge, partner, search result or change. A cell that a
 * spreadsheet would evaluate as a formula begins with an apostrophe.
 * @param json the response of the API to an aggregate, a network, a briefing, a search or the feed of changes.
 * @param columns the columns of the CSV if there are no rows.
 * @throws ZodError when `json` is none of these.
 */
export const responseCsv = (json: string, columns: readonly string[]): string =>
  toCsv(responseRows.parse(JSON.parse(json)), columns)
