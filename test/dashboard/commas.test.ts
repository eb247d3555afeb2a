import { beforeAll, describe, expect, it } from 'vitest'
import { findResource } from '../../src/dashboard/api/resources.ts'
import { exploreState, exploreUrl } from '../../src/dashboard/explore-state.ts'
import { searchRequest } from '../../src/dashboard/search-body.ts'
import { changeParameters } from '../../src/dashboard/use-parameters.ts'
import { useTestApi } from '../support/api.ts'
import type { Page } from '../support/documents.ts'
import { create } from '../support/labelled-records.ts'

/** Values of filters that contain commas, in URLs of the dashboard. */

const api = useTestApi()
beforeAll(async () => {
  const source = await create(api, 'sources', { title: 'Pages', kind: 'report' })
  for (const id of ['a', 'a,b', 'x,commas:a'])
    await create(api, 'sources', { title: id, kind: 'report', externalIds: [{ scheme: 'commas', id }] })
  const record = { resource: 'countries', id: 'PAK' }
  for (const page of ['12', '14', '12,14', '14,16', '18'])
    await create(api, 'citations', { source, record, locator: { page } })
})

const readIds = async (path: string) =>
  (await api.get(path)).json<Page<{ id: string }>>().data.map(({ id }) => id)

describe('a view with commas in its filters', () => {
  it.each([
    ['citations', 'page=12,14', 2],
    ['citations', 'page[]=12,14', 1],
    ['citations', 'page[]=12,14&page=18,12&page[]=14%2C16', 4],
    ['citations', 'page=12,18&page[]=12,14&page[ne][]=12,14&page[ne][]=14,16', 2],
    ['sources', 'externalId=commas:a%2Cb', 1],
    ['sources', 'externalId=commas:a,commas:a%2Cb', 2],
    ['sources', 'externalId%5B%5D=commas%3Ax%2Ccommas%3Aa', 1],
    ['sources', 'externalId=commas:a&externalId[]=commas:a,b', 2],
  ])('has the records of the API with the same query: %s?%s', async (name, query, count) => {
    const resource = findResource(name)
    if (!resource) throw new Error(`there is no resource ${name}`)
    const expected = await readIds(`/v1/${name}?${query}`)
    expect(expected).toHaveLength(count)
    const state = exploreState(resource, `?${query}`)
    const url = exploreUrl(resource, state)
    expect(await readIds(url.replace('/explore/', '/v1/'))).toEqual(expected)
    const changed = changeParameters(new URLSearchParams(state.filters), {})
    expect(exploreState(resource, changed)).toEqual(state)
    const { path, body } = searchRequest(resource, state)
    const found = (await api.post(path, body)).json<Page<{ id: string }>>()
    expect(found.data.map(({ id }) => id)).toEqual(expected)
  })

  it('separates values at a percent-encoded comma if they cannot contain commas', async () => {
    const resource = findResource('agreements')
    if (!resource) throw new Error('there are no agreements')
    expect(exploreState(resource, 'status=signed%2Cin_force&status[]=expired').filters).toEqual({
      status: 'signed,in_force,expired',
    })
  })
})
