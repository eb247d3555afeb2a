import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { resolveMapping } from '../../../src/features/imports/built-in.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { importFile } from '../../support/imports.ts'

/** The built-in mapping of IATI activity files. */

const api = useTestApi()
let mapping: string
beforeAll(async () => {
  mapping = await resolveMapping('iati')
})

const readProgram = (id: string) =>
  findByExternalId(api, 'assistance-programs', `iati:${id}`, '&include=citations')

/** An activity of version 1.03, in which texts are the content of elements, and some codes are words or letters. */
const activityOfVersion1 = `<?xml version="1.0"?>
<iati-activities version="1.03">
  <iati-activity default-currency="GBP" xml:lang="en">
    <iati-identifier>XX-OLD-1</iati-identifier>
    <reporting-org ref="XX-OLD" type="10">Old Agency</reporting-org>
    <title xml:lang="fr">Eau</title><title xml:lang="en">Water</title>
    <description type="1">Wells in two districts.</description>
    <participating-org role="Funding" ref="XX-1">Agency of the old standard</participating-org>
    <participating-org role="Implementing">Wells of the old standard Ltd</participating-org>
    <recipient-country code="KE" percentage="100">Kenya</recipient-country>
    <activity-status code="2">Implementation</activity-status>
    <activity-date type="start-actual" iso-date="2009-03-01">1 March 2009</activity-date>
    <activity-date type="end-planned" iso-date="2012-12-31"/>
    <sector vocabulary="DAC" code="14010">Water sector policy</sector>
    <sector vocabulary="RO" code="W">Wells of the old standard</sector>
    <location><name>Kisumu</name><coordinates latitude="-0.10000000000000000001" longitude="34.75" precision="3"/></location>
    <default-flow-type code="10">ODA</default-flow-type>
    <transaction>
      <transaction-type code="D">Disbursement</transaction-type>
      <value value-date="2010-05-06">1000.555</value>
    </transaction>
    <budget type="1"><period-start iso-date="2009-04-01"/><value currency="USD" value-date="2009-04-01">5000</value></budget>
    <contact-info><organisation>Old Agency</organisation></contact-info>
  </iati-activity>
</iati-activities>`

describe('the built-in mapping of IATI', () => {
  it('converts a file of version 2.03 to programs, and reports unused attributes', async () => {
    const file = readFileSync(join(packageRoot, 'docs/examples/activities.xml'), 'utf8')
    const imported = await importFile(api.database, mapping, 'activities.xml', file)
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 2, refused: 0 } })
    expect(imported.fileInfo?.unused).toContainEqual({ column: 'recipient-country/@percentage', rows: 1 })
    expect(await readProgram('XX-EX-1')).toMatchObject({
      title: 'Water and sanitation fund',
      summary: 'A fund for water.\n\nIt works in two towns.',
      status: 'closed',
      startsOn: '2006-11-16',
      participants: [
        { country: 'HND', role: 'recipient' },
        { country: 'SLV', role: 'recipient' },
        { organization: expect.any(String), role: 'funder' },
      ],
      locations: [
        { name: 'Gracias', latitude: 14.58333, longitude: -88.58333 },
        { name: 'San Marcos', latitude: 14.4, longitude: -88.73333 },
      ],
      amounts: [
        { kind: 'commitment', amount: 329_430.99, currency: 'USD', date: '2006-01-01' },
        { kind: 'disbursement', amount: -285.72, currency: 'USD', date: '2007-01-01' },
      ],
      citations: [{ note: 'Reported by XX-EX', locator: { row: expect.stringContaining('iati-activity') } }],
    })
  })

  it('reads a file of version 1.03, and lists the elements and attributes that it does not use', async () => {
    const imported = await importFile(api.database, mapping, 'old.xml', activityOfVersion1)
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 1, refused: 0 } })
    expect(imported.fileInfo?.unused?.map(({ column }) => column)).toEqual(
      expect.arrayContaining([
        'contact-info',
        'budget/@type',
        'location/coordinates/@precision',
        'activity-date/#',
      ]),
    )
    expect(await readProgram('XX-OLD-1')).toMatchObject({
      title: 'Water',
      summary: 'Wells in two districts.',
      status: 'implementation',
      startsOn: '2009-03-01',
      endsOn: '2012-12-31',
      flowType: 'oda',
      participants: [
        { country: 'KEN', role: 'recipient' },
        { organization: expect.any(String), role: 'funder' },
        { organization: expect.any(String), role: 'implementer' },
      ],
      sectors: [{ topic: expect.any(String) }, { topic: 'wells-of-the-old-standard' }],
      locations: [{ name: 'Kisumu', latitude: -0.1, longitude: 34.75 }],
      amounts: [
        { kind: 'disbursement', date: '2010-05-06', amount: 1000.56, currency: 'GBP' },
        { kind: 'budget', date: '2009-04-01', amount: 5000, currency: 'USD' },
      ],
    })
  })

  it('reads dates with a time zone, and takes the planned date if the actual one cannot be read', async () => {
    const file = `<iati-activities version="2.03"><iati-activity>
      <iati-identifier>XX-ZONE-1</iati-identifier><title><narrative>Zones</narrative></title>
      <activity-date type="1" iso-date="2010-01-01"/><activity-date type="2" iso-date="soon"/>
      <activity-date type="3" iso-date="2014-12-31+02:00"/>
      <budget><period-start iso-date="2011-01-01Z"/><value currency="USD">5</value></budget>
    </iati-activity></iati-activities>`
    const imported = await importFile(api.database, mapping, 'zones.xml', file)
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 1 } })
    expect(await readProgram('XX-ZONE-1')).toMatchObject({
      startsOn: '2010-01-01',
      endsOn: '2014-12-31',
      amounts: [{ kind: 'budget', date: '2011-01-01' }],
    })
  })

  it("finds regions of a publisher's vocabulary by name, and never by their codes", async () => {
    const file = `<iati-activities version="2.03"><iati-activity>
      <iati-identifier>XX-REGION-1</iati-identifier><title><narrative>Regions</narrative></title>
      <recipient-region vocabulary="99" code="002"><narrative>Oceania</narrative></recipient-region>
      <recipient-region vocabulary="99" code="202"><narrative>Developing regions</narrative></recipient-region>
      <recipient-region vocabulary="99" code="SUN"><narrative>Soviet Union</narrative></recipient-region>
      <recipient-region vocabulary="2" code="150"/>
    </iati-activity></iati-activities>`
    const { id } = await importFile(api.database, mapping, 'regions.xml', file)
    expect(await readProgram('XX-REGION-1')).toMatchObject({
      participants: [{ region: '150' }, { region: '009' }, { region: '902' }],
    })
    expect((await api.get(`/v1/imports/${id}/names`, { key: adminKey })).json()).toMatchObject({
      data: [{ resource: 'regions', name: 'Soviet Union' }],
    })
  })
})

describe('resolveMapping', () => {
  it('suggests the built-in mapping with a similar name', async () => {
    await expect(resolveMapping('iatti')).rejects.toThrow('did you mean "iati"?')
  })

  it('returns a mapping in YAML unchanged', async () => {
    expect(await resolveMapping('scheme: iati')).toBe('scheme: iati')
  })
})
