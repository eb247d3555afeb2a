import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { type ApiFetch, ApiResponseError, fetchText, hasDotSegment } from '../../../features/api-fetch.ts'
import { instant } from '../../../model/filters.ts'
import { invalidParameters } from '../../../model/query-string.ts'
import { edtf } from '../../../model/schemas.ts'
import { faultMessage, toFault } from '../../../problems/faults.ts'
import { type Fault, Problem } from '../../../problems/problem.ts'
import type { CountryMeaning } from '../../../view-data.ts'
import { forwardResponse, readAs } from '../../read-as.ts'
import type { DataPart, ViewData } from './find-view-data.ts'
import { partsCsv, recordCsv, responseCsv } from './view-csv.ts'

/** A part of a view's data, with the API's response to its path. */
export type PartWithResponse = DataPart & { response: unknown }

/** Sends a file. The response does not name it, since the attribute `download` of the dashboard's link does. */
const sendCsv = (reply: FastifyReply, csv: string) =>
  reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment').send(csv)

/**
 * Returns the faults of the times in a view's URL: of the dates `from` and `to`, and of the two times of a comparison. A view may send
 * `from` and `to` to the API as one parameter (`happenedIn`), and sends each time of a comparison as `asOf` or `registryAsOf`. So the
 * faults in the API's response may name a parameter that the URL does not have. A time in the future is no fault here.
 */
function findTimeFaults(url: string): Fault[] {
  const { searchParams } = new URL(url, 'http://localhost')
  const check = (parameter: string, schema: z.ZodType): Fault[] => {
    const { error } = schema.safeParse(searchParams.get(parameter), { error: faultMessage })
    return (error?.issues ?? []).map((issue) => ({ parameter, ...toFault(issue) }))
  }
  const dates = ['from', 'to'].filter((name) => searchParams.get(name))
  const times = ['before', 'asOf'].filter((name) => searchParams.has(name))
  return [...dates.flatMap((name) => check(name, edtf(''))), ...times.flatMap((name) => check(name, instant))]
}

/**
 * Sends the data of a view in the `format` of its URL. Redirects to the API if a URL of the API returns this data. Otherwise
 * converts the API's response to CSV, or combines several responses into one.
 * @throws Problem `invalid-parameter` for another format, for a view without data, for `invalid` data, and if the API responds with
 * 400 and a time in the URL is not valid. Problem `not-found` for a key or name `.` or `..`.
 */
export async function sendViewData(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  { format, data }: { format: string; data: ViewData | undefined },
): Promise<FastifyReply> {
  if (!data || (format !== 'csv' && format !== 'json')) {
    const message = data ? 'must be csv or json' : 'must be omitted, since this view has no data of its own'
    throw invalidParameters([{ parameter: 'format', code: 'invalid', message }])
  }
  if (data.kind === 'invalid') throw invalidParameters(data.faults)
  const paths =
    'json' in data
      ? [data.json]
      : (data.kind === 'comparison' ? data.reads : data.parts).map(({ path }) => path)
  if (paths.some(hasDotSegment))
    throw new Problem(
      'not-found',
      'A key or name in this URL is "." or "..", which no record or resource has.',
    )
  // The data depends on the reader, and changes with the records.
  reply.header('cache-control', 'no-store')
  if (data.kind === 'records') return reply.redirect(format === 'json' ? data.json : data.csv, 302)
  if ('json' in data && format === 'json') return reply.redirect(data.json, 302)
  const api = readAs(app, request, reply)
  const read = (path: string) => fetchText(api, path)
  try {
    if (data.kind === 'response') return sendCsv(reply, responseCsv(await read(data.json), data.columns))
    if (data.kind === 'record') return sendCsv(reply, recordCsv(await read(data.json)))
    if (data.kind === 'comparison') {
      const meanings = await readMeanings(api, data.reads)
      return await sendViewData(app, request, reply, { format, data: data.find(meanings) })
    }
    const parts = await readParts(data.parts, read)
    return format === 'json' ? reply.send({ parts }) : sendCsv(reply, partsCsv(parts))
  } catch (error) {
    if (!(error instanceof ApiResponseError)) throw error
    const faults = error.response.status === 400 ? findTimeFaults(request.url) : []
    if (faults.length > 0) throw invalidParameters(faults)
    return forwardResponse(reply, error.response)
  }
}

/**
 * Reads which countries the codes of a comparison mean: of a merged country, the API returns the remaining one.
 * @throws ApiResponseError unless the API returns a country, or responds that there is none or that the request is wrong.
 */
async function readMeanings(
  api: ApiFetch,
  reads: Extract<ViewData, { kind: 'comparison' }>['reads'],
): Promise<CountryMeaning[]> {
  const meanings: CountryMeaning[] = []
  for (const { code, path } of reads) {
    const response = await api(path)
    if (response.status === 200) meanings.push([code, String(JSON.parse(response.text).code)])
    else if (![400, 404].includes(response.status)) throw new ApiResponseError(path, response)
  }
  return meanings
}

/** Reads the parts one after another, so that a view with many parts has only one running read at a time. */
async function readParts(
  parts: readonly DataPart[],
  read: (path: string) => Promise<string>,
): Promise<PartWithResponse[]> {
  const found: PartWithResponse[] = []
  for (const part of parts) found.push({ ...part, response: JSON.parse(await read(part.path)) })
  return found
}
