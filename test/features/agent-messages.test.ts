import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'

/** Messages to `/mcp` with values or media types that no operation of the API accepts. */

const api = useTestApi()

/** Sends a message that is already JSON, since `JSON.stringify` cannot write a repeated property. */
async function send(body: string) {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const { statusCode, payload } = await api.app.inject({
    method: 'POST',
    url: '/mcp',
    headers,
    payload: body,
  })
  return { status: statusCode, body: JSON.parse(payload) }
}

describe('the endpoint /mcp', () => {
  it.each([
    ['{"q":"a\\u0000b"}', '/q the text has a NUL character'],
    ['{"q":"\\ud800"}', '/q the text has half of a surrogate pair'],
    ['{"q":"a","resources":["\\u0000"]}', '/resources/0 the text has a NUL character'],
    ['{"q":"a","q":"b"}', '/q the property is repeated'],
    ['{"q":"a","__proto__":{}}', '/__proto__ "__proto__" is not known here'],
  ])('returns a result with an error for a tool with the input %s', async (input, fault) => {
    const { status, body } = await send(
      `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search","arguments":${input}}}`,
    )
    const text = `Input validation error: Invalid arguments for tool search: ${fault}`
    const result = { content: [{ type: 'text', text }], isError: true }
    expect({ status, body }).toEqual({ status: 200, body: { jsonrpc: '2.0', id: 7, result } })
  })

  it('returns an error for another request with a NUL character, and 400 for a notification', async () => {
    const params = '"params":{"cursor":"\\u0000"}}'
    const message = 'Invalid params: /params/cursor the text has a NUL character'
    expect(await send(`{"jsonrpc":"2.0","id":"a","method":"tools/list",${params}`)).toEqual({
      status: 200,
      body: { jsonrpc: '2.0', id: 'a', error: { code: -32602, message } },
    })
    const notification = await send(`{"jsonrpc":"2.0","method":"notifications/cancelled",${params}`)
    expect(notification).toMatchObject({ status: 400, body: { errors: [{ pointer: '/params/cursor' }] } })
  })

  it.each([
    ['text/plain', ', not text/plain'],
    [undefined, '; the Content-Type is missing'],
  ])('refuses the Content-Type %s with 415 and says which is right', async (type, found) => {
    const { status, json } = await api.request('POST', '/mcp', {
      headers: { ...(type !== undefined && { 'content-type': type }) },
    })
    expect(status).toBe(415)
    expect(json<{ detail: string }>().detail).toBe(`The body must be application/json${found}.`)
  })
})
