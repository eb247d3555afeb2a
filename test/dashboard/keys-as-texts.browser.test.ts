import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Texts of a record that equal the key of a record to which it refers, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/** An agreement of China about energy, with texts that equal the keys of China and of the topic. */
const document = {
  title: 'A protocol',
  kind: 'protocol',
  place: 'CHN',
  occasion: 'energy',
  parties: [{ country: 'CHN', role: 'party', signatory: 'energy' }],
  territories: [{ name: 'CHN', country: 'CHN', status: 'extended' }],
  externalIds: [{ scheme: 'register', id: 'CHN' }],
  topics: ['energy'],
}

const shown = {
  Place: 'CHN',
  Occasion: 'energy',
  Parties: 'China · Role Party · Signatory energy',
  Territories: 'Name CHN · Country China · Status Extended',
  'External ids': 'Scheme register · Id CHN',
  Topics: 'Energy',
}

describeInBrowser('a text that equals a key', () => {
  it('is shown as it is, while references have names and links', async () => {
    const before = { ...document, place: 'energy', territories: [], topics: [] }
    const id = await dashboard.createAgreement(before)
    const changed = await dashboard.api.patch(`/v1/agreements/${id}`, document)
    expect(changed.status, changed.text).toBe(200)

    const { page, pageErrors } = await dashboard.open(`/records/agreements/${id}`)
    const value = (name: string) => page.locator(`dt:text-is("${name}") + dd`).first()
    for (const [name, text] of Object.entries(shown)) expect(await value(name).textContent()).toBe(text)
    expect(await value('Place').getByRole('link').count()).toBe(0)
    expect(await value('Territories').getByRole('link', { name: 'China' }).count()).toBe(1)
    const difference = (name: string) => page.locator(`.diff dt:text-is("${name}") + dd`).first()
    expect(await difference('Place').textContent()).toBe('removed: energy → added: CHN')
    expect(await difference('Territories').textContent()).toContain('Name CHN · Country China')
    expect(await difference('Topics').textContent()).toBe('added: Energy')
    expect(pageErrors).toEqual([])
  })
})
