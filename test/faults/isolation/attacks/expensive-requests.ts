import { setTimeout as sleep } from 'node:timers/promises'
import { keepInFlight } from '../repetition.ts'
import { type ClientRequest, startRequest, waitForResponse } from '../sender.ts'
import { type Attack, discardBody, sendCounted } from './attack.ts'

/** Attacks with valid but expensive requests. Each is unique, so the response cache never has the response. */

const concurrency = 10

/** A text that no record contains and no other request uses. */
const unique = (index: number) => `${process.pid}x${index}`

const negatedEvery = (index: number): ClientRequest => {
  const every = { contribution: { contains: unique(index) }, role: { ne: 'observer' } }
  const where = { and: [{ not: { parties: { every } } }, { not: { summary: { contains: unique(index) } } }] }
  return {
    method: 'POST',
    path: '/v1/agreements/search',
    body: JSON.stringify({ where, count: 'exact', sort: [{ by: 'title', direction: 'asc' }] }),
  }
}

const manyGroups = (index: number): ClientRequest => ({
  path: `/v1/agreements/aggregate?groupBy=country,organization,topic&measures=count,countDistinct:subregion&title[ne]=${unique(index)}&limit=10000`,
})

const wholeNetwork = (index: number): ClientRequest => ({
  path: `/v1/network?undated=include&from=${1000 + (index % 900)}&limit=${1 + (index % 1000)}`,
})

const requestKinds = [negatedEvery, manyGroups, wholeNetwork]

const makeRequest = (index: number) => (requestKinds[index % requestKinds.length] ?? negatedEvery)(index)

/** Keeps ten expensive requests in flight. */
export const expensiveRequests: Attack = (sender, counter) => {
  let sent = 0
  keepInFlight(concurrency, 200, async () => {
    sent += 1
    await discardBody(await sendCounted(sender, counter, makeRequest(sent)))
  })
}

/** Keeps ten expensive requests in flight, and aborts each after 100 ms. */
export const abandonedRequests: Attack = (sender, counter) => {
  let sent = 0
  keepInFlight(concurrency, 100, async () => {
    sent += 1
    counter.add('started')
    const request = startRequest(sender, makeRequest(sent))
    const response = waitForResponse(request)
    response.then(
      ({ statusCode }) => counter.add(statusCode ?? 0),
      () => counter.add('aborted'),
    )
    await sleep(100)
    request.destroy()
  })
}
