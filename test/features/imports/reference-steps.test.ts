import { describe, expect, it } from 'vitest'
import { convertRow } from '../../support/conversion.ts'

/** The keys `country` and `on` in the steps of a reference. The value of each has steps of its own. */

/** Converts a row to an agreement with one party. */
const convertParty = (party: string) =>
  convertRow(
    `{scheme: treaties, records: {agreements: {id: id, properties: {title: id, kind: =treaty, parties: [{${party}, role: =party}]}}}}`,
    { id: 1, Name: 'Burma', Bad: '#REF!' },
  )

describe.each([
  ['country', 'organization: {from: Name, country: {from: Bad STEPS} OTHERS}', 'organizations'],
  ['on', 'country: {from: Name, on: {from: Bad STEPS} OTHERS}', 'countries'],
])('a bad value of `%s`', (_step, party, resource) => {
  const convertWith = (steps: string, others: string) =>
    convertParty(party.replace(' STEPS', steps).replace(' OTHERS', others))

  it('is dropped with `onBadValue: drop` of the reference, which remains', () => {
    expect(convertWith('', ', onBadValue: drop')).toMatchObject({
      drafts: [{ mentions: [{ resource, name: 'Burma' }] }],
      dropped: [{ column: 'Bad', value: '#REF!' }],
    })
  })

  it('makes the row refused with an `onBadValue: refuse` of its own', () => {
    expect(convertWith(', onBadValue: refuse', ', onBadValue: drop')).toMatchObject({
      kind: 'refused',
      faults: [{ column: 'Bad', value: '#REF!' }],
    })
  })
})
