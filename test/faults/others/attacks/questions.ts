import { setTimeout as sleep } from 'node:timers/promises'
import { keepInFlight } from '../repetition.ts'
import { type ClientRequest, responseOf, startRequest } from '../target.ts'
import { type Attack, ask, drop } from './attack.ts'

/** Questions that are allowed and expensive. No two are equal, so that no cache answers them. */

const atATime = 10

/** Text that no record has, and that no other request asks for. */
const unique = (at: number) => `${process.pid}x${at}`

const negatedEvery = (at: number): ClientRequest => {
  const every = { contribution: { contains: unique(at) }, role: { ne: 'observer' } }
  const where = { and: [{ not: { parties: { every } } }, { not: { summary: { contains: unique(at) } } }] }
  return {
    method: 'POST',
    path: '/v1/agreements/search',
    body: JSON.stringify({ where, count: 'exact', sort: [{ by: 'title', direction: 'asc' }] }),
  }
}

const manyGroups = (at: number): ClientRequest => ({
  path: `/v1/agreements/aggregate?groupBy=country,organization,topic&measures=count,countDistinct:subregion&title[ne]=${unique(at)}&limit=10000`,
})

const wholeNetwork = (at: number): ClientRequest => ({
  path: `/v1/network?undated=include&from=${1000 + (at % 900)}&limit=${1 + (at % 1000)}`,
})

const questions = [negatedEvery, manyGroups, wholeNetwork]

const question = (at: number) => (questions[at % questions.length] ?? negatedEvery)(at)

/** Keeps ten expensive questions in flight. */
export const expensiveQuestions: Attack = (target, tally) => {
  let asked = 0
  keepInFlight(atATime, 200, async () => {
    asked += 1
    await drop(await ask(target, tally, question(asked)))
  })
}

/** Keeps ten expensive questions in flight, and leaves each of them after 100 ms. */
export const abandonedQuestions: Attack = (target, tally) => {
  let asked = 0
  keepInFlight(atATime, 100, async () => {
    asked += 1
    tally.add('begun')
    const request = startRequest(target, question(asked))
    const response = responseOf(request)
    response.then(
      ({ statusCode }) => tally.add(statusCode ?? 0),
      () => tally.add('left'),
    )
    await sleep(100)
    request.destroy()
  })
}
