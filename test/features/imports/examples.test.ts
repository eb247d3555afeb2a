import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseMapping, readCompanions } from '../../../src/features/imports/mapping/index.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { registry } from '../../../src/resources/registry.ts'
import { convertContent, documentWithNames, draftsOf } from '../../support/conversion.ts'
import { withFile } from '../../support/import-files.ts'

const read = (name: string) => readFileSync(join(packageRoot, 'docs', name), 'utf8')
const statuses = withFile('finance-statuses.csv', read('examples/finance-statuses.csv'), (file) =>
  readCompanions(parseMapping(read('examples/finance-register.yaml'), registry), [file]),
)
/** Converts an example file with its mapping. @returns the document of each row, or the row if it is refused. */
const convertExample = async (name: string, extension: string) => {
  const rows = await convertContent(
    read(`examples/${name}.yaml`),
    `${name}.${extension}`,
    read(`examples/${name}.${extension}`),
    await statuses,
  )
  return rows.map((row) => (row.kind === 'drafts' ? draftsOf(row).map(documentWithNames)[0] : row))
}

describe('the example mappings', () => {
  it('have at most 30 lines', () => {
    for (const name of ['finance-register', 'activities']) {
      expect(read(`examples/${name}.yaml`).trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    }
  })

  it('convert the rows of a CSV register of aid into assistance programs with amounts', async () => {
    const programs = await convertExample('finance-register', 'csv')
    expect(programs[0]).toEqual({
      title: 'Bridge over the Example River',
      summary: 'A bridge of 900 metres.\nIt was opened in 2012.',
      status: 'closed',
      startsOn: '2009-03-01',
      endsOn: '2012-05-20',
      flowType: 'oof',
      topics: ['Loan (excluding debt rescheduling)'],
      sectors: [{ topic: '210' }],
      locations: [{ name: 'Nouakchott' }],
      amounts: [{ kind: 'commitment', date: '2009', amount: 2e9, currency: 'CNY', valueUsd: 292_746_010.66 }],
      participants: [
        { country: 'China', role: 'donor' },
        { country: 'Mauritania', role: 'recipient' },
        { organization: 'Export Bank of Example', role: 'funder' },
        { organization: 'Bridges and Roads Ltd.', role: 'implementer' },
      ],
    })
    expect(programs.slice(1)).toMatchObject([
      {
        startsOn: '2011-01-01',
        participants: [{}, { region: 'Africa' }, { country: 'Congo, Dem. Rep.' }, { country: 'Mali' }, {}],
      },
      {
        startsOn: '2012',
        amounts: [{ kind: 'pledge', amount: 20_000_000, currency: 'NAD', valueUsd: 2_440_000.5 }],
      },
      { amounts: [{ amount: 25_000_000, currency: 'GHC', valueUsd: 3565.46 }] },
    ])
    expect(programs[1]).not.toHaveProperty('amounts')
  })

  it('convert an IATI file to assistance programs, and refuse invalid values', async () => {
    const [activity, refused] = await convertExample('activities', 'xml')
    expect(activity).toEqual({
      title: 'Water and sanitation fund',
      summary: 'A fund for water.\n\nIt works in two towns.',
      status: 'closed',
      startsOn: '2006-11-16',
      endsOn: '2009-12-12',
      sectors: [
        { topic: '14005', percentage: 75.5 },
        { topic: '12105', percentage: 24.5 },
      ],
      locations: [
        { name: 'Gracias', latitude: 14.58333, longitude: -88.58333 },
        { name: 'San Marcos', latitude: 14.4, longitude: -88.73333 },
      ],
      amounts: [
        { kind: 'commitment', date: '2006-01-01', amount: 329_430.99, currency: 'USD' },
        { kind: 'disbursement', date: '2007-01-01', amount: -285.72, currency: 'USD' },
      ],
      participants: [
        { country: 'HN', role: 'recipient' },
        { country: 'SV', role: 'recipient' },
        { organization: 'Swiss Agency for Development and Cooperation', role: 'funder' },
      ],
    })
    expect(refused).toMatchObject({
      kind: 'refused',
      faults: [{ column: 'activity-status/@code', value: '9' }],
    })
  })
})

describe('the mapping of the tutorial', () => {
  /** Returns the first code block of a language in the tutorial. */
  const block = (language: string) => {
    const page = read('import-export.md')
    const tutorial = page.slice(page.indexOf('## Import a spreadsheet'))
    return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(tutorial)?.[1] ?? ''
  }

  it('converts its table as the tutorial describes', async () => {
    const rows = await convertContent(block('yaml'), 'treaties.csv', block('csv'))
    const [first, second] = rows.slice(0, 2).flatMap(draftsOf)
    expect(first).toMatchObject({
      externalId: { scheme: 'ministry-treaties', id: 'T-1' },
      document: { signedOn: '1991-04-05', inForceFrom: '1992', status: 'in_force' },
      citation: { locator: 'row 2', url: 'https://treaties.example/1' },
    })
    expect(second?.document).toMatchObject({ signedOn: '1998~', status: 'expired' })
    expect(second?.mentions).toMatchObject([{ name: 'China' }, { name: 'Korea, Republic of' }])
    expect(rows[2]).toMatchObject({ kind: 'refused', faults: [{ column: 'Signed', value: '31/02/2003' }] })
  })
})
