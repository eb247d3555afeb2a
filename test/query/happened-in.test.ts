// @module-tag slow

import { describe, expect, it } from 'vitest'
import { networkResources } from '../../src/features/network/selection.ts'
import type { Resource } from '../../src/model/resource.ts'
import { countInList } from '../support/aggregates.ts'
import { sharedApi } from '../support/api.ts'
import { createRecord, exampleDocument } from '../support/documents.ts'
import { createLabelled } from '../support/labelled-records.ts'
import { registry } from '../support/registry.ts'

const api = await sharedApi()

/** Creates records of China and Pakistan, whose events began and ended at different times. */
async function createWithDates(resource: Resource, dateProperties: readonly string[]): Promise<void> {
  const { roles, areParties } = registry.participants.get(resource.name) ?? { roles: [''], areParties: false }
  const participants = ['CHN', 'PAK'].map((country) => ({ country, role: roles[0] }))
  for (const dates of [
    ['1970', '1980'],
    ['1990', '2000'],
    ['2000', '2008-05'],
    ['201X', '2011-04'],
    ['2030', '2040'],
  ]) {
    const document = await exampleDocument(resource, api, {
      [areParties ? 'parties' : 'participants']: participants,
      ...Object.fromEntries(dateProperties.map((property, index) => [property, dates[index]])),
    })
    await createRecord(resource, api, document)
  }
}

/** `happenedIn` finds the records whose events may have happened in a span of days. */
describe('the filter happenedIn', () => {
  it('compares by overlap if the event has one date, such as the signature', async () => {
    const dates = ['2010', '2011-04', '201X', '2013/..', '../2009', 'none']
    const created = await createLabelled(
      api,
      'agreements',
      Object.fromEntries(
        dates.map((date) => [
          date,
          { title: date, kind: 'agreement', signedOn: date === 'none' ? null : date },
        ]),
      ),
    )
    expect(await created.find({ happenedIn: '2011' })).toEqual(['2011-04', '201X'])
    expect(await created.find({ happenedIn: '2010/2011-03' })).toEqual(['2010', '201X'])
    expect(await created.find({ happenedIn: '2012/..' })).toEqual(['2013/..', '201X'])
    expect(await created.find({ happenedIn: '../2010' })).toEqual(['../2009', '2010', '201X'])
  })

  it('treats a missing end or start of an event as open, but finds no event with neither date', async () => {
    const created = await createLabelled(api, 'projects', {
      'whole span': { title: 'a', kind: 'other', startsOn: '2004', endsOn: '2010' },
      continues: { title: 'b', kind: 'other', startsOn: '2006', endsOn: null },
      'began at some time': { title: 'c', kind: 'other', startsOn: null, endsOn: '2006-05' },
      'at some time': { title: 'd', kind: 'other', startsOn: null, endsOn: null },
    })
    const found = (happenedIn: string) => created.find({ happenedIn })
    expect(await found('2007')).toEqual(['continues', 'whole span'])
    expect(await found('2006')).toEqual(['began at some time', 'continues', 'whole span'])
    expect(await found('../2003')).toEqual(['began at some time'])
    expect(await found('2011/..')).toEqual(['continues'])
  })

  it('finds as many records as a network with the same dates', async () => {
    for (const { resource, dateProperties } of networkResources(registry)) {
      await createWithDates(resource, dateProperties)
      for (const [from, to] of [
        ['2006', '2011-04'],
        ['1990', '2005'],
      ]) {
        const network = await api.get(
          `/v1/countries/CHN/network?resource=${resource.name}&from=${from}&to=${to}&limit=1000`,
        )
        const count = await countInList(api, `/v1/${resource.name}?country=CHN&happenedIn=${from}/${to}`)
        expect(count, resource.name).toBeGreaterThan(0)
        expect(network.json<{ total: { records: number } }>().total.records, resource.name).toBe(count)
      }
    }
  })
})
