import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'

const api = await sharedApi()

it('the partners of a country have the ten most frequent topics, most frequent first', async () => {
  const list = (await api.get('/v1/topics?scheme=domain&sort=slug&limit=11')).json<{
    data: { slug: string }[]
  }>()
  const topics = list.data.map(({ slug }) => slug).sort()
  expect(topics).toHaveLength(11)
  const parties = ['TON', 'WSM'].map((country) => ({ country, role: 'party' }))
  const document = { title: 'On many topics', kind: 'treaty', parties, topics }
  const last = topics.at(-1)
  for (const one of [document, { ...document, topics: [last] }])
    expect((await api.post('/v1/agreements', one)).status).toBe(201)
  const { partners } = (await api.get('/v1/countries/TON/network')).json<{
    partners: { country: string; topics: { topic: string; count: number }[] }[]
  }>()
  const found = partners.find(({ country }) => country === 'WSM')?.topics
  expect(found?.map(({ topic, count }) => [topic, count])).toEqual([
    [last, 2],
    ...topics.slice(0, 9).map((topic) => [topic, 1]),
  ])
})
