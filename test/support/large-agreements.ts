import type { Api } from './api.ts'
import type { Document } from './documents.ts'

/**
 * Returns documents of agreements with 200 parties, by default of about 1 MB each.
 * @param charactersPerParty at least 1,000. Documents with more than about 1,700 exceed the limit of 1 MiB.
 */
export async function largeAgreements(
  api: Api,
  count: number,
  charactersPerParty = 1600,
): Promise<Document[]> {
  const page = await api.get('/v1/countries?limit=200&fields=code')
  const { data } = page.json<{ data: { code: string }[] }>()
  const actions = [{ kind: 'signed', date: '2011', note: '长'.repeat(charactersPerParty - 1000) }]
  const contribution = '长'.repeat(1000)
  const parties = data.map(({ code }) => ({ country: code, role: 'party', contribution, actions }))
  return Array.from({ length: count }, (_, index) => ({ title: `Large ${index}`, kind: 'treaty', parties }))
}
