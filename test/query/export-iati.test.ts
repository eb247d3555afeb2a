import { beforeAll, describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { hasIatiSchemas, validateIati } from '../support/iati.ts'
import { create } from '../support/labelled-records.ts'

const api = useTestApi({
  env: { PUBLISHER_NAME: 'A ministry & more', IATI_ORG_ID: 'XX-1', IATI_ORG_TYPE: '15' },
})

/** Returns the names of an element's direct children, in order. @throws if the tags are not well-formed. */
function childrenOf(xml: string, parent: string): string[] {
  const open: string[] = []
  const found: string[] = []
  for (const [, closing, name = '', empty] of xml.matchAll(/<(\/?)([\w:-]+)[^<>]*?(\/?)>/g)) {
    if (closing) {
      const last = open.pop()
      if (last !== name) throw new Error(`</${name}> closes <${last}>`)
      continue
    }
    if (open.at(-1) === parent) found.push(name)
    if (!empty) open.push(name)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`)
  return found
}

const exported = async (query: string, resource = 'assistance-programs') => {
  const response = await api.get(`/v1/${resource}/export?format=iati${query}`)
  expect(response.status, response.text).toBe(200)
  return response
}

describe('an export in the format iati', () => {
  beforeAll(async () => {
    const id = await create(api, 'organizations', {
      name: 'Bank <of> "Trade"',
      kind: 'private_sector',
      externalIds: [{ scheme: 'iati', id: 'XX-BANK-1' }],
    })
    const response = await api.post('/v1/assistance-programs', {
      title: 'Water & power',
      status: 'closed',
      startsOn: '2009-05',
      endsOn: '2011-02-03',
      summary: 'Two lines\nof <text>.',
      participants: [
        { country: 'CHN', role: 'donor' },
        { organization: id, role: 'implementer' },
        { country: 'PAK', role: 'recipient' },
        { region: '002', role: 'beneficiary' },
      ],
      topics: ['energy'],
      sectors: [
        { topic: 'crs-14010', percentage: 60 },
        { topic: 'energy', percentage: 40 },
      ],
      locations: [{ name: 'A dam', country: 'PAK', latitude: 34.5, longitude: 72.25 }, { country: 'PAK' }],
      amounts: [
        { kind: 'commitment', date: '2009-06-07', amount: 100.5, currency: 'CNY', valueUsd: 15 },
        { kind: 'disbursement', date: '2010', amount: -3, currency: 'USD', note: 'Paid back' },
        { kind: 'budget', date: '2010', amount: 7, currency: 'USD' },
        { kind: 'planned_disbursement', amount: 8, currency: 'USD' },
        { kind: 'other', amount: 9, currency: 'USD' },
      ],
      aidType: 'C01',
      flowType: 'oof',
      financeType: '421',
      externalIds: [{ scheme: 'aid-register', id: '17' }],
    })
    expect(response.status, response.text).toBe(201)
  })

  it('is well-formed, with the elements of an activity in the order of the standard', async () => {
    const { text, headers } = await exported('&title=Water %26 power')
    expect(headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(headers.get('content-disposition')).toContain('assistance-programs.xml')
    const parts = childrenOf(text, 'iati-activity')
    expect(parts.filter((part, index) => part !== parts[index - 1])).toEqual([
      'iati-identifier',
      'reporting-org',
      'title',
      'description',
      'participating-org',
      'other-identifier',
      'activity-status',
      'activity-date',
      'recipient-country',
      'recipient-region',
      'location',
      'sector',
      'tag',
      'default-flow-type',
      'default-finance-type',
      'default-aid-type',
      'budget',
      'planned-disbursement',
      'transaction',
      'entente:amount',
    ])
  })

  it('has the codes of the standard, and a day for each less precise date', async () => {
    const { text } = await exported('&title=Water %26 power')
    for (const part of [
      '<reporting-org ref="XX-1" type="15"><narrative>A ministry &amp; more</narrative></reporting-org>',
      '<participating-org type="10" role="1"><narrative>China</narrative></participating-org>',
      '<participating-org ref="XX-BANK-1" type="70" role="4"><narrative>Bank &lt;of&gt; "Trade"</narrative>',
      '<activity-status code="4"/>',
      '<activity-date type="2" iso-date="2009-05-01"><narrative>2009-05</narrative></activity-date>',
      '<activity-date type="4" iso-date="2011-02-03"/>',
      '<recipient-country code="PK"/><recipient-region vocabulary="2" code="002"/>',
      '<pos>34.5 72.25</pos>',
      '<sector vocabulary="1" code="14010" percentage="60"/>',
      '<sector vocabulary="99" code="energy" percentage="40"><narrative>Energy</narrative></sector>',
      '<default-flow-type code="20"/><default-finance-type code="421"/><default-aid-type code="C01"/>',
      '<period-start iso-date="2010-01-01"/><period-end iso-date="2010-12-31"/>',
      '<value currency="CNY" value-date="2009-06-07" entente:value-usd="15">100.5</value>',
      '<transaction-type code="3"/><transaction-date iso-date="2010-01-01"/>',
      '<description><narrative>Paid back</narrative></description>',
      '<entente:amount kind="other" currency="USD">9</entente:amount>',
      '<other-identifier ref="17" type="A9">',
    ])
      expect(text).toContain(part)
  })

  it('declares the language of its texts', async () => {
    const { text } = await exported('&title=Water %26 power')
    expect(text).toMatch(/<iati-activity last-updated-datetime="[^"]*" xml:lang="en">/)
    expect(text).toContain('<title><narrative>Water &amp; power</narrative></title>')
  })

  it('declares Chinese as the language of texts in Chinese characters', async () => {
    await api.post('/v1/assistance-programs', { title: '中巴水电（2011）', summary: 'With CNY 5' })
    const { text } = await exported('&title=中巴水电（2011）')
    expect(text).toContain('<title><narrative xml:lang="zh">中巴水电（2011）</narrative></title>')
    expect(text).toContain('<description><narrative>With CNY 5</narrative></description>')
  })

  it('marks an activity that has the identifier of another publisher as a secondary report', async () => {
    const reporters = []
    for (const id of ['XX-2-7', 'XX-1-7']) {
      const externalIds = [{ scheme: 'iati', id }]
      await api.post('/v1/assistance-programs', { title: `Reported ${id}`, externalIds })
      const { text } = await exported(`&externalId=iati:${id}`)
      reporters.push(/<reporting-org.*?>/.exec(text)?.[0])
    }
    expect(reporters).toEqual([
      '<reporting-org ref="XX-1" type="15" secondary-reporter="1">',
      '<reporting-org ref="XX-1" type="15">',
    ])
  })

  it('has no period that ends before it starts, if an amount has an open start', async () => {
    const amounts = [{ kind: 'budget', date: '../2001', amount: 1, currency: 'USD' }]
    const program = { title: 'A prepaid program', status: 'closed', startsOn: '2005', amounts }
    await api.post('/v1/assistance-programs', program)
    const { text } = await exported('&title=A prepaid program')
    expect(text).toContain('<period-start iso-date="2001-12-31"/><period-end iso-date="2001-12-31"/>')
  })

  it('states for an activity without dates that no date is known', async () => {
    const { text } = await exported('')
    expect(childrenOf(text, 'iati-activities').length).toBeGreaterThan(8)
    expect(text).toMatch(/<activity-date type="2" iso-date="\d{4}-\d\d-\d\d"><narrative>No date is known\./)
  })

  it.skipIf(!hasIatiSchemas).each(['assistance-programs', 'projects'])(
    'of %s is valid against the XML Schema of IATI 2.03',
    async (resource) => {
      const { text } = await exported('', resource)
      expect(() => validateIati(text)).not.toThrow()
    },
  )

  it('refuses fields, include, per and names, and does not exist for agreements', async () => {
    for (const query of ['fields=title', 'include=citations', 'per=participant', 'names=true']) {
      const refused = await api.get(`/v1/projects/export?format=iati&${query}`)
      expect(refused.status, query).toBe(400)
    }
    expect((await api.get('/v1/agreements/export?format=iati')).status).toBe(400)
    const search = await api.post('/v1/projects/export?format=iati', { fields: ['title'] })
    expect(search.status).toBe(400)
    expect(search.json()).toMatchObject({ errors: [{ pointer: '/fields', code: 'invalid' }] })
  })
})
