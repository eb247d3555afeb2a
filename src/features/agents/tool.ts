import type { CallToolResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { checkValue, describeFault, describeUnknownKeys } from '../../problems/faults.ts'
import { type ApiFetch, ApiResponseError, fetchJson, fetchText } from '../api-fetch.ts'
import { apiPath, RefusedError } from './api-path.ts'

/** A tool for agents. All tools only read. */
export interface Tool {
  name: string
  title: string
  description: string
  inputSchema: StandardSchemaWithJSON
  /** Runs the tool. @param input the value that `inputSchema` returned. */
  run(input: unknown, api: ApiFetch): Promise<CallToolResult>
}

/** Maximum number of citations in a result. */
const maxCitations = 200

/**
 * The properties of a source in each of its citations. The others, such as `context` and `licence`, may be long, and would be
 * repeated in each citation of the source.
 */
const citedSourceProperties = [
  'title',
  'kind',
  'publisher',
  'author',
  'interviewee',
  'publishedOn',
  'url',
  'language',
  'visibility',
]

/** A citation with its source. */
interface Citation {
  sourceDetails: Record<string, unknown>
}

/** A request to the API and its response. */
interface Exchange {
  /** Path of the request, which an agent can cite. */
  path: string
  /** JSON text of the response. */
  text: string
}

/** Returns the result of a tool: the path, the response, and further properties. @param more JSON texts by property. */
export function toolResult({ path, text }: Exchange, more: Record<string, string> = {}): CallToolResult {
  const parts = Object.entries(more).map(([name, part]) => `,"${name}":${part}`)
  return {
    content: [
      { type: 'text', text: `{"request":${JSON.stringify(path)},"response":${text}${parts.join('')}}` },
    ],
  }
}

/** Returns the reason why a tool has no result and, in a second text, when to retry; undefined for other errors. */
function explainRefusal(error: unknown): string[] | undefined {
  if (error instanceof RefusedError) return [error.message]
  if (!(error instanceof ApiResponseError)) return undefined
  const { text, refusalHeaders } = error.response
  const seconds = refusalHeaders['retry-after']
  return seconds === undefined ? [text] : [text, `Call the tool again after ${seconds} s.`]
}

/** Sends a GET request to the API. @throws ApiResponseError if the API refuses it. */
export async function fetchExchange(api: ApiFetch, path: string): Promise<Exchange> {
  return { path, text: await fetchText(api, path) }
}

/**
 * Finds the citations of records, with the main properties of their sources.
 * @param resource the resource of the records. A citation has no citations.
 * @param keys the keys of the records.
 * @param asOf the time as of which the registry is read; the current registry when left out.
 * @returns the JSON of `citations`, at most `maxCitations`, and `moreCitations` if there are more of them.
 * @throws ApiResponseError if the API refuses the request.
 */
export async function fetchCitations(
  api: ApiFetch,
  resource: string,
  keys: readonly string[],
  asOf?: string,
): Promise<Record<string, string>> {
  if (keys.length === 0 || resource === 'citations') return { citations: '[]' }
  const query = { resource, record: keys.join(), include: 'sourceDetails', limit: maxCitations, asOf }
  const fields = 'id,source,record,property,locator,url,sourceRecordId,excerpt,note,rank'
  const { data, page } = await fetchJson<{ data: Citation[]; page: { next: string | null } }>(
    api,
    apiPath(['citations'], { ...query, fields }),
  )
  const citations = data.map(({ sourceDetails, ...citation }) => ({
    ...citation,
    sourceDetails: Object.fromEntries(citedSourceProperties.map((name) => [name, sourceDetails[name]])),
  }))
  return { citations: JSON.stringify(citations), ...(page.next !== null && { moreCitations: 'true' }) }
}

/** Returns a schema for the SDK whose errors read like the API's faults: the location, what is wrong, what would be right. */
function makeInputSchema(schema: z.ZodObject): StandardSchemaWithJSON {
  const validate = (value: unknown) => {
    const { data, faults } = checkValue(schema, value)
    if (faults === undefined) return { value: data }
    return { issues: faults.listed.map((fault) => ({ message: describeFault(fault) })) }
  }
  const { jsonSchema } = schema['~standard']
  return { '~standard': { version: 1, vendor: 'entente', jsonSchema, validate } }
}

interface ToolDeclaration<Inputs extends z.ZodRawShape> {
  name: string
  title: string
  description: string
  /** The schema of each input. */
  inputs: Inputs
  /** Returns the message about an unknown input, without its name in front; undefined for the usual message. */
  explainUnknown?: (input: string) => string | undefined
  run: (input: z.output<z.ZodObject<Inputs>>, api: ApiFetch) => Promise<CallToolResult>
}

/**
 * Declares a tool whose `run` gets typed input. Unknown inputs are refused. If the API refuses a request, the reason is the
 * result of the tool.
 */
export function tool<Inputs extends z.ZodRawShape>({
  inputs,
  explainUnknown,
  run,
  ...labels
}: ToolDeclaration<Inputs>): Tool {
  const schema = z.strictObject(inputs, explainUnknown && { error: describeUnknownKeys(explainUnknown) })
  return {
    ...labels,
    inputSchema: makeInputSchema(schema),
    async run(input, api) {
      try {
        // The SDK has validated the input with this schema already, but has lost its type.
        return await run(schema.parse(input), api)
      } catch (error) {
        const reasons = explainRefusal(error)
        if (!reasons) throw error
        return { content: reasons.map((text) => ({ type: 'text', text })), isError: true }
      }
    },
  }
}
