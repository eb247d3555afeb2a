import { expect, it } from 'vitest'
import { sharedApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { checkCsv, importCsv, newScheme } from '../../support/imports.ts'

/** Dates of a row beside dates that the record keeps, in a wrong order. */

const api = await sharedApi()

const mappingOf = (scheme: string) => `scheme: ${scheme}
records: {projects: {id: Id, properties: {title: Id, kind: =other, startsOn: Begin, endsOn: End}}}`

const csv = (dates: string) => `Id,Begin,End\n1,${dates}\n`

/** Checks a file with one row of dates in a dry run. @returns the faults of the row. */
async function findFaults(scheme: string, dates: string) {
  const { id } = await checkCsv(api.database, mappingOf(scheme), csv(dates))
  const rows = await api.get(`/v1/imports/${id}/rows`, { key: adminKey })
  return rows.json<{ data: { faults: unknown }[] }>().data[0]?.faults
}

it.each([
  [
    'the start of a row after the end that the record keeps',
    '2006,',
    '"2005" must not be before "startsOn", which is "2006"',
    '2005',
    'endsOn',
  ],
  [
    'the end of a row before the start that the record keeps',
    ',2000',
    '"2000" must not be before "startsOn", which is "2001"',
    '2001',
    'startsOn',
  ],
])('%s is refused, and the fault says what to do', async (_, dates, order, value, property) => {
  const scheme = newScheme()
  await importCsv(api.database, mappingOf(scheme), csv('2001,2005'))
  const detail = `${order}. The registry has "${value}" from an earlier file or an edit, and the row has no value for "${property}": write the right date in the row, or correct the record`
  expect(await findFaults(scheme, dates)).toEqual([{ column: 'End', value: dates.split(',')[1], detail }])
})

it('an end that others have set is named with the setting that replaces it', async () => {
  const scheme = newScheme()
  await importCsv(api.database, mappingOf(scheme), csv('2001,2005'))
  const { id } = await findByExternalId(api, 'projects', `${scheme}:1`)
  await api.patch(`/v1/projects/${id}`, { endsOn: '2004' })
  expect(await findFaults(scheme, '2006,2007')).toEqual([
    {
      column: 'End',
      value: '2007',
      detail:
        '"2004" must not be before "startsOn", which is "2006". The registry keeps "2004", which others have set: correct the record, or set onEdited to replace',
    },
  ])
})
