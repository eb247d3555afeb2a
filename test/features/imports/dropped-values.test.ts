// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { importCsv, newScheme } from '../../support/imports.ts'

/**
 * Imports of rows with values that are dropped, mostly for records of earlier imports: bad values (`onBadValue: drop`), and names
 * without a record.
 */

const api = useTestApi()

const mappingOf = (scheme: string) => `scheme: ${scheme}
onBadValue: drop
records:
  cooperation-bases:
    id: Id
    properties:
      name: Name
      kind: =other
      designatedOn: Date
      hostCountry: Host
      topics: {from: Topics, split: "|"}
      participants: {each: {from: Partners, split: "|"}, country: ., role: =partner}
`

/** Imports a cooperation base with the id 1 from a file. */
const importRow = (scheme: string, row: string) =>
  importCsv(api.database, mappingOf(scheme), `Id,Name,Date,Host,Topics,Partners\n1,${row}\n`)

const find = (scheme: string) => findByExternalId(api, 'cooperation-bases', `${scheme}:1`)

describe('a row that is refused', () => {
  it('has no dropped values, since nothing of it is written', async () => {
    const scheme = newScheme()
    const mapping = mappingOf(scheme).replace(
      'hostCountry: Host',
      'hostCountry: {from: Host, onBadValue: refuse}',
    )
    const rows = ['1,Base,31/02/2001,Atlantis', '2,Other base,30/02/2001,Kenya'].map((row) => `${row},,`)
    const imported = await importCsv(
      api.database,
      mapping,
      ['Id,Name,Date,Host,Topics,Partners', ...rows].join('\n'),
    )
    expect(imported).toMatchObject({
      counts: { refused: 1, created: 1, dropped: 1 },
      report: { droppedBy: [{ column: 'Date', rows: 1, example: { value: '30/02/2001' } }] },
    })
  })
})

describe('a property all of whose values are dropped', () => {
  it('is not changed, and the report counts its values', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Base,2001,Kenya,energy,China|Kenya')
    const before = await find(scheme)
    const imported = await importRow(scheme, 'Base,31/02/2001,Atlantis,Foobarology,Mu|Lemuria')
    expect(imported).toMatchObject({
      counts: { changed: 0, unchanged: 1, dropped: 1 },
      report: { names: { unresolved: 4 }, droppedBy: [{ column: 'Date' }] },
    })
    expect(await find(scheme)).toEqual(before)
  })

  it('is not changed if it was decided that its name has no record', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Base,2001,Kenya,energy,China')
    const { id } = await importRow(scheme, 'Base,2001,Foreign lands,energy,China')
    const decisions = [{ resource: 'countries', name: 'Foreign lands', key: null }]
    expect((await api.put(`/v1/imports/${id}/names`, { decisions })).status).toBe(200)
    await importRow(scheme, 'New name,2001,Foreign lands,energy,Foreign lands')
    expect(await find(scheme)).toMatchObject({
      name: 'New name',
      hostCountry: 'KEN',
      participants: [{ country: 'CHN' }],
    })
  })

  it('is empty in a new record', async () => {
    const scheme = newScheme()
    expect(await importRow(scheme, 'Base,no date,Atlantis,Foobarology,Mu')).toMatchObject({
      counts: { created: 1, refused: 0 },
    })
    expect(await find(scheme)).toMatchObject({ hostCountry: null, topics: [], participants: [] })
  })

  it('still has the value that somebody has set, even when a later file has a good value', async () => {
    const scheme = newScheme()
    await importRow(scheme, 'Base,2001,Kenya,energy,China')
    await api.patch(`/v1/cooperation-bases/${(await find(scheme)).id}`, { hostCountry: 'GHA' })
    await importRow(scheme, 'Base,2001,Atlantis,energy,China')
    expect(await importRow(scheme, 'Base,2001,Chad,energy,China')).toMatchObject({
      counts: { kept: 1 },
      report: { kept: [{ reason: 'kept hostCountry' }] },
    })
    expect(await find(scheme)).toMatchObject({ hostCountry: 'GHA' })
  })
})

it('a list from which some values are dropped gets its remaining values', async () => {
  const scheme = newScheme()
  await importRow(scheme, 'Base,2001,Kenya,energy,China|Kenya')
  await importRow(scheme, 'Base,2001,Kenya,energy,Atlantis|Ghana')
  expect(await find(scheme)).toMatchObject({ participants: [{ country: 'GHA' }] })
})
