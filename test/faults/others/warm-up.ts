import { text } from 'node:stream/consumers'
import { type ClientRequest, responseOf, startRequest, type Target } from './target.ts'

const agreement = (at: number) => ({
  op: 'create',
  document: { title: `Written before ${at}`, kind: 'agreement', summary: 'A long summary. '.repeat(200) },
})

const largeBulk = JSON.stringify({ operations: Array.from({ length: 1000 }, (_, at) => agreement(at)) })

/**
 * Has the service do the largest of everything that it does for honest clients, so that its memory before an attack is
 * that of a service which has worked.
 */
export async function warmUp(reader: Target, writer: Target): Promise<void> {
  const ask = async (as: Target, request: ClientRequest) => {
    const response = await responseOf(startRequest(as, request))
    const answer = await text(response)
    if (response.statusCode !== 200)
      throw new Error(`${request.path}: ${response.statusCode} ${answer.slice(0, 500)}`)
  }
  await ask(writer, { method: 'POST', path: '/v1/agreements/bulk', body: largeBulk })
  for (const path of [
    '/v1/agreements/export?format=ndjson',
    '/v1/agreements/aggregate?groupBy=country,topic&limit=10000',
    '/v1/agreements?limit=200&include=citations,countries',
    '/v1/network',
  ])
    await ask(reader, { path })
}
