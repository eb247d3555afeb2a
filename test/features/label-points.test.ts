import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { exampleDocument, resourceOf } from '../support/documents.ts'

interface Point {
  longitude: number
  latitude: number
}

const api = await sharedApi()

const germany = { longitude: 9.93, latitude: 51.65 }

describe('label points of countries', () => {
  it('are returned with the country, as in the seed files', async () => {
    const { labelPoint } = (await api.get('/v1/countries/DEU')).json<{ labelPoint: Point }>()
    expect(labelPoint).toEqual(germany)
  })

  it('are returned for the countries of networks, and are null for organizations', async () => {
    const { partners } = (await api.get('/v1/countries/CHN/network')).json<{
      partners: { country: string; labelPoint: Point }[]
    }>()
    expect(partners.find(({ country }) => country === 'DEU')?.labelPoint).toEqual(germany)
    const { nodes } = (await api.get('/v1/network')).json<{ nodes: { id: string; labelPoint: Point }[] }>()
    expect(nodes.find(({ id }) => id === 'DEU')?.labelPoint).toEqual(germany)
    const organizations = (await api.get('/v1/network?level=organization')).json<{
      nodes: { labelPoint: unknown }[]
    }>()
    expect(organizations.nodes.length).toBeGreaterThan(0)
    expect(organizations.nodes.filter(({ labelPoint }) => labelPoint !== null)).toEqual([])
  })

  it('are refused if a coordinate is out of range or missing', async () => {
    const countries = resourceOf('countries')
    for (const labelPoint of [{ longitude: 181, latitude: 0 }, { longitude: 10 }]) {
      const document = await exampleDocument(countries, api, { labelPoint })
      const response = await api.post('/v1/countries', document)
      expect(response.status, response.text).toBe(422)
      expect(response.text).toMatch(/"\/labelPoint\/(longitude|latitude)"/)
    }
  })
})
