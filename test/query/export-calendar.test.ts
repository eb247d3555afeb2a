import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldLine } from '../../src/formats/icalendar.ts'
import { useTestApi } from '../support/api.ts'
import { create } from '../support/labelled-records.ts'

const api = useTestApi({ env: { PUBLIC_URL: 'https://registry.example' } })

const createAgreement = (document: object) =>
  create(api, 'agreements', { kind: 'treaty', title: 'Calendar', ...document })

/** Returns the unfolded lines of the calendar of some agreements. */
async function readCalendar(ids: string[]) {
  const response = await api.get(`/v1/agreements/export?format=ics&id=${ids.join()}`)
  expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
  for (const line of response.text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  expect(response.text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  return response.text.replaceAll('\r\n ', '').split('\r\n')
}

describe('GET /v1/agreements/export?format=ics', () => {
  it('has an event for each entry into force and expiry, with a stable UID', async () => {
    const id = await createAgreement({
      title: '科技; energy, and water',
      inForceFrom: '2011-04-05',
      expiresOn: '2016-04',
    })
    const lines = await readCalendar([id])
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(2)
    for (const line of [
      `UID:${id}-inForceFrom@entente`,
      'DTSTART;VALUE=DATE:20110405',
      'DTEND;VALUE=DATE:20110406',
      'SUMMARY:Entry into force: 科技\\; energy\\, and water',
      `URL:https://registry.example/v1/agreements/${id}`,
      'SEQUENCE:1',
      `UID:${id}-expiresOn@entente`,
      'DTSTART;VALUE=DATE:20160401',
      'DTEND;VALUE=DATE:20160501',
      'DESCRIPTION:The day is not known. The date is 2016-04 (EDTF).',
    ])
      expect(lines).toContain(line)
    expect([lines[0], lines.at(-2)]).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR'])
  })

  it('has no event that ends after the year 9999', async () => {
    const lines = await readCalendar([await createAgreement({ expiresOn: '9998-12-31/9999-12-31' })])
    expect(lines).not.toContain('BEGIN:VEVENT')
  })

  it('describes an uncertain date, even if it means one day', async () => {
    const lines = await readCalendar([await createAgreement({ expiresOn: '2020-12-31?' })])
    expect(lines).toContain('DTSTART;VALUE=DATE:20201231')
    expect(lines).toContain('DESCRIPTION:The date is 2020-12-31? (EDTF).')
  })

  it('has a component even without events, and no method, which would require an organizer', async () => {
    const empty = await readCalendar([await createAgreement({})])
    const full = await readCalendar([await createAgreement({ inForceFrom: '2011' })])
    const components = (lines: string[]) => lines.filter((line) => line.startsWith('BEGIN:'))
    expect(components(empty)).toEqual(['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'BEGIN:STANDARD'])
    expect(components(full)).toEqual(['BEGIN:VCALENDAR', 'BEGIN:VEVENT'])
    for (const lines of [empty, full]) expect(lines.join('\n')).not.toMatch(/^METHOD/m)
  })

  it('omits dates that span more than a year or are before the year 1, and counts them', async () => {
    const ids = [
      await createAgreement({ inForceFrom: '201X', expiresOn: '2030/..' }),
      await createAgreement({ inForceFrom: '-0044-03-15' }),
      await createAgreement({ inForceFrom: '2011?' }),
      await createAgreement({}),
    ]
    const lines = await readCalendar(ids)
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1)
    expect(lines.find((line) => line.startsWith('DESCRIPTION:'))).toContain(' are left out (3 of them).')
  })

  it('does not exist for a resource without calendar dates', async () => {
    expect((await api.get('/v1/sources/export?format=ics')).status).toBe(400)
  })
})

it('folding a line keeps its characters, in lines of at most 75 octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (line) => {
      const clean = line.replaceAll(/[\r\n]/g, '')
      const folded = foldLine(clean)
      expect(folded.replaceAll('\r\n ', '')).toBe(clean)
      for (const part of folded.split('\r\n')) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(75)
    }),
  )
})
