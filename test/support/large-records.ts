import type { Api } from './api.ts'
import type { Document } from './documents.ts'

/**
 * Returns agreements of about 1 MB: 200 countries take part, each with texts of many bytes.
 * @param characters number of characters in the texts of each country, at least 1,000. A record reaches its limit at about 1,700.
 */
export async function largeAgreements(api: Api, count: number, characters = 1600): Promise<Document[]> {
  const page = await api.get('/v1/countries?limit=200&fields=code')
  const { data } = page.json<{ data: { code: string }[] }>()
  const actions = [{ kind: 'signed', date: '2011', note: '长'.repeat(characters - 1000) }]
  const contribution = '长'.repeat(1000)
  const parties = data.map(({ code }) => ({ country: code, role: 'party', contribution, actions }))
  return Array.from({ length: count }, (_, index) => ({ title: `Large ${index}`, kind: 'treaty', parties }))
}
