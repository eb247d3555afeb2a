import { text } from 'node:stream/consumers'
import { type ClientRequest, type Sender, startRequest, waitForResponse } from './sender.ts'

const agreement = (index: number) => ({
  op: 'create',
  document: { title: `Written before ${index}`, kind: 'agreement', summary: 'A long summary. '.repeat(200) },
})

const largeBulk = JSON.stringify({ operations: Array.from({ length: 1000 }, (_, index) => agreement(index)) })

/**
 * Sends the largest requests that ordinary clients send, so that the memory measured before an attack is that of a service
 * in use.
 */
export async function warmUp(reader: Sender, writer: Sender): Promise<void> {
  const send = async (sender: Sender, request: ClientRequest) => {
    const response = await waitForResponse(startRequest(sender, request))
    const body = await text(response)
    if (response.statusCode !== 200)
      throw new Error(`${request.path}: ${response.statusCode} ${body.slice(0, 500)}`)
  }
  await send(writer, { method: 'POST', path: '/v1/agreements/bulk', body: largeBulk })
  for (const path of [
    '/v1/agreements/export?format=ndjson',
    '/v1/agreements/aggregate?groupBy=country,topic&limit=10000',
    '/v1/agreements?limit=200&include=citations,countries',
    '/v1/network',
  ])
    await send(reader, { path })
}
