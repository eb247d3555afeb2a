import { describe, expect, it } from 'vitest'
import { findResource } from '../../src/dashboard/api/resources.ts'
import { exploreState } from '../../src/dashboard/explore-state.ts'
import { isSearchable, searchRequest } from '../../src/dashboard/search-body.ts'
import { useTestApi } from '../support/api.ts'

/** The search body that users copy from the explorer. */

const api = useTestApi({ env: { RATE_LIMIT: '0' } })

interface RecordList {
  data: unknown[]
}

const lists: [resource: string, query: string][] = [
  ['agreements', ''],
  ['agreements', 'country=PAK,DEU&sort=-signedOn,title'],
  ['agreements', 'signedOn[gte]=2011&signedOn[lte]=2011-05&status[isNull]=true'],
  ['agreements', 'q=energy or science&kind[ne]=treaty'],
  ['agreements', 'country[all]=CHN,PAK&sort=title'],
  ['assistance-programs', 'country[all]=CHN,PAK&role=donor'],
  ['assistance-programs', 'country[all]=CHN,PAK&role=donor,recipient'],
  ['assistance-programs', 'role[all]=donor,partner&country=CHN,PAK'],
  ['agreements', 'partnerOf=CHN&region[all]=142,150'],
  ['agreements', 'signedOn[within]=2011&columns=signedOn,topics'],
  ['projects', 'topic=energy&sort=-startsOn'],
  ['figures', 'value[gte]=100&value[lt]=1000&sort=-value'],
  ['figures', `asOf=2011&registryAsOf=${new Date().toISOString()}`],
  ['agreements', 'country=PAK&country=DEU'],
  ['agreements', 'status[]=signed&status[]=in_force'],
  ['cooperation-bases', 'unitCount=33,1'],
  ['assistance-programs', 'country[noneAs]=donor&externalId=interview-2011:F33'],
]

describe('a search body copied from the explorer', () => {
  it.each(lists)('finds the same records as the list: %s?%s', async (name, query) => {
    const resource = findResource(name)
    if (!resource) throw new Error(`there is no resource ${name}`)
    const state = exploreState(resource, query)
    const { path, body } = searchRequest(resource, state)
    const list = new URLSearchParams(query)
    list.delete('columns')
    list.set('fields', String(body.fields))
    const [listed, searched] = await Promise.all([api.get(`/v1/${name}?${list}`), api.post(path, body)])
    expect(searched.status).toBe(200)
    expect(searched.json<RecordList>().data).toEqual(listed.json<RecordList>().data)
  })

  it('is not offered for several values of `otherThan`, which no search can have', () => {
    expect(isSearchable({ filters: { 'country[otherThan]': 'CHN,PAK' } })).toBe(false)
    expect(isSearchable({ filters: { 'country[otherThan]': 'CHN', 'country[all]': 'CHN,PAK' } })).toBe(true)
  })

  it('keeps `asOf` in the query string of its path', () => {
    const resource = findResource('agreements')
    if (!resource) throw new Error('there are no agreements')
    const state = exploreState(resource, 'asOf=2026-01-01T00:00:00Z&country=PAK')
    expect(searchRequest(resource, state)).toMatchObject({
      path: '/v1/agreements/search?asOf=2026-01-01T00%3A00%3A00Z',
      body: { where: { country: { eq: 'PAK' } } },
    })
  })
})
