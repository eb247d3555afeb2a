import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'

/** Inputs that the tools of agents refuse, and the messages about them. */

const api = useTestApi()

it.each<[tool: string, input: object, faults: string]>([
  [
    'list',
    { resource: 'agreements', filters: { signedOn: { gte: '2011' } } },
    '/filters/signedOn must be text: write the operator after the name, such as "signedOn[gte]"',
  ],
  [
    'aggregate',
    { resource: 'agreements', groupBy: ['topic'], filters: { country: ['PAK', 'CHN'] } },
    '/filters/country must be text: separate several values by commas, such as "PAK,CHN"',
  ],
  [
    'list',
    { resource: 'agreements', country: 'PAK', 'signedOn[gte]': '2011' },
    '/country "country" is a filter: write it in "filters", /signedOn[gte] "signedOn[gte]" is a filter: write it in "filters"',
  ],
  [
    'aggregate',
    { resource: 'projects', groupBy: ['topic'], amount: '5', limt: 5 },
    '/amount "amount" is a filter: write it in "filters", /limt "limt" is not known here; did you mean "limit"?',
  ],
  ['search', { q: ' ' }, '/q must contain a character other than white space'],
  ['resolve', { name: '' }, '/name must contain a character other than white space'],
])('the tool %s says what is wrong with the input %j', async (name, input, faults) => {
  const { payload } = await api.app.inject({
    method: 'POST',
    url: '/mcp',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    payload: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: input },
    }),
  })
  const text = `Input validation error: Invalid arguments for tool ${name}: ${faults}`
  // The response to a valid message is a stream with one event.
  expect(payload).toContain(JSON.stringify(text))
})
