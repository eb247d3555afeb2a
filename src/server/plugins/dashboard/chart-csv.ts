import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'

/** Turns the JSON of charts into rows of CSV: the groups of aggregates and briefings, and the edges of networks. */

const text = z.string().nullable()
const words = z.record(z.string(), text)
const numbers = z.record(z.string(), z.number().nullable())

const group = z.object({ key: words, label: words, measures: numbers, list: z.string() })
const aggregate = z.object({ data: z.array(group) })
const briefing = z.object({
  records: z.record(z.string(), z.object({ groups: z.record(z.string(), aggregate) })),
})
const shared = { count: z.number(), resources: z.record(z.string(), z.number()), first: text, last: text }
const network = z.object({
  nodes: z.array(z.object({ id: z.string(), name: z.string() })),
  edges: z.array(z.object({ source: z.string(), target: z.string(), ...shared })),
})
const partners = z.object({
  country: z.object({ code: z.string(), name: z.string() }),
  partners: z.array(z.object({ country: z.string(), name: z.string(), ...shared })),
})

type Cell = string | number | null
type Row = Record<string, Cell>

const prefixed = (prefix: string, values: Readonly<Record<string, Cell>>): Row =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))

const groupRow = ({ key, label, measures, list }: z.infer<typeof group>): Row => ({
  ...key,
  ...prefixed('label:', label),
  ...measures,
  list,
})

/** Groups of several dimensions in one table, so each names its dimension. */
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
  { count, resources, first, last }: z.infer<z.ZodObject<typeof shared>>,
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

const chart = z.union([
  aggregate.transform(({ data }) => data.map(groupRow)),
  network.transform(networkRows),
  partners.transform(partnerRows),
  briefing.transform(briefingRows),
])

/**
 * Returns the CSV (RFC 4180) of a chart: a row for each group, edge or partner. A cell that a spreadsheet would evaluate as
 * a formula begins with an apostrophe.
 * @param json the response of the API to an aggregate, a network or a briefing.
 * @throws ZodError when it is none of these.
 */
export const chartCsv = (json: string): string =>
  stringify(chart.parse(JSON.parse(json)), {
    header: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  })
