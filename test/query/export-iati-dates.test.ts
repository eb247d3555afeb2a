import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { hasIatiSchemas, validateIati } from '../support/iati.ts'
import { create } from '../support/labelled-records.ts'

const api = useTestApi()

/** Creates a program. @returns its id. */
const createProgram = (program: object) =>
  create(api, 'assistance-programs', { title: 'A program', ...program })

/** Returns the status and the dates of a program in an export: the types, days and texts. */
async function readExported(id: string) {
  const { text } = await api.get(`/v1/assistance-programs/export?format=iati&id=${id}`)
  const pattern =
    /<activity-date type="(\d)" iso-date="([^"]*)"(?:\/>|><narrative>(.*?)<\/narrative><\/activity-date>)/g
  return {
    status: /<activity-status code="(\d)"/.exec(text)?.[1],
    dates: [...text.matchAll(pattern)].map(([, type, day, note]) => [type, day, ...(note ? [note] : [])]),
  }
}

/** Creates a program. @returns what `readExported` returns for it. */
const exportProgram = async (program: object) => readExported(await createProgram(program))

const today = () => new Date().toISOString().slice(0, 10)

describe('the dates of an activity in the format iati', () => {
  it('that are before the year 1 are stated as text; such an end closes the activity', async () => {
    expect(await exportProgram({ startsOn: '-0500', endsOn: '-0400-03' })).toEqual({
      status: '4',
      dates: [
        ['2', today(), expect.stringMatching(/cannot express .*: -0500 and -0400-03\. .* the registry\.$/)],
      ],
    })
  })

  it('that are before the year 1 are left out if the activity has another date', async () => {
    const { dates } = await exportProgram({ startsOn: '0000', endsOn: '1995-05' })
    expect(dates).toEqual([['4', '1995-05-31', '1995-05']])
  })

  it('that are after the year 9999 are stated as text, and planned', async () => {
    const found = await exportProgram({ startsOn: 'Y17000' })
    expect(found).toEqual({ status: '2', dates: [['1', today(), expect.stringContaining(' Y17000. ')]] })
  })

  it.each([null, 'implementation', 'cancelled', 'closed'])(
    'that are in the future are planned if the status is %s',
    async (status) => {
      const { dates } = await exportProgram({ status, startsOn: '2998-01-01', endsOn: '2999-01-01' })
      expect(dates).toEqual([
        ['1', '2998-01-01'],
        ['3', '2999-01-01'],
      ])
    },
  )

  it('that may be in the future are at the latest today if they are actual', async () => {
    const year = today().slice(0, 4)
    const { dates } = await exportProgram({ status: 'closed', startsOn: '2001', endsOn: `${year}/2999` })
    expect(dates).toEqual([
      ['2', '2001-01-01', '2001'],
      ['4', today(), `${year}/2999`],
    ])
  })

  it('include an actual end if the status is derived from the end', async () => {
    const found = await exportProgram({ startsOn: '2001-01-01', endsOn: '2002-02-02' })
    expect(found).toEqual({
      status: '4',
      dates: [
        ['2', '2001-01-01'],
        ['4', '2002-02-02'],
      ],
    })
  })

  it('have no end before the start if one of them has an open start or end', async () => {
    const status = 'closed'
    const openStart = await exportProgram({ status, startsOn: '../2011-12-31', endsOn: '2010-05' })
    expect(openStart.dates.map(([, day]) => day)).toEqual(['2010-05-31', '2010-05-31'])
    const openEnd = await exportProgram({ status, startsOn: '2012-03-04', endsOn: '2010/..' })
    expect(openEnd.dates.map(([, day]) => day)).toEqual(['2012-03-04', '2012-03-04'])
  })

  it('are written as stored if the end is before the start, which earlier releases accepted', async () => {
    const id = await createProgram({ status: 'closed', startsOn: '2011-01-01', endsOn: '2012' })
    await api.pool.query(`update assistance_programs set ends_on = '2010-02-02' where id = $1`, [id])
    const { dates } = await readExported(id)
    expect(dates.map(([, day]) => day)).toEqual(['2011-01-01', '2010-02-02'])
  })

  it('are also written as text if they are uncertain', async () => {
    expect((await exportProgram({ startsOn: '1995-05-05?' })).dates).toEqual([
      ['2', '1995-05-05', '1995-05-05?'],
    ])
  })

  it.skipIf(!hasIatiSchemas)('are valid against the XML Schema of IATI 2.03', async () => {
    await exportProgram({ startsOn: '-0500', endsOn: 'Y17000' })
    const { text } = await api.get('/v1/assistance-programs/export?format=iati')
    expect(() => validateIati(text)).not.toThrow()
  })
})
