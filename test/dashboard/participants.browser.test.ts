import { expect, it } from 'vitest'
import { describeInBrowser, pickRecord, useDashboard } from '../support/dashboard.ts'

/** What pages show of participants, names, places and citations. */

const dashboard = useDashboard({ changesRecords: true })

describeInBrowser('the page of a record', () => {
  it('shows all that is recorded about each party, among the facts and in the history', async () => {
    const id = await dashboard.createAgreement({
      title: 'Treaty with dates of its parties',
      alternativeTitles: [{ name: 'Name without a language' }],
      parties: [
        { country: 'CHN', role: 'party', actions: [{ kind: 'ratified', date: '2001-05-04' }] },
        { country: 'PAK', role: 'beneficiary', signatory: 'The Minister', contribution: 'Two laboratories' },
      ],
    })
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    const history = page.locator('section.widget', { hasText: 'History' })
    for (const facts of [page.locator('.facts').first(), history]) {
      await facts.getByText('Parties').first().waitFor()
      const text = (await facts.textContent())?.replaceAll('added: ', '')
      expect(text).toContain('China · Role Party · Actions Kind Ratified · Date May 4, 2001')
      expect(text).toContain(
        'Pakistan · Role Beneficiary · Contribution Two laboratories · Signatory The Minister',
      )
      expect(text).toMatch(/Alternative titles\s*Name without a language\s*Kind/)
    }
  })

  it('shows the place in the source of each citation, also the row and column of a file', async () => {
    const id = await dashboard.createAgreement({ title: 'Treaty of a register' })
    const source = await dashboard.create('sources', { title: 'The register', kind: 'dataset' })
    const record = { resource: 'agreements', id }
    const element = '/activities/activity[3]'
    const locators = [{ page: '4' }, { row: 'row 12', column: 'Title' }, { row: element }]
    const [, citation] = await Promise.all(
      locators.map((locator) => dashboard.create('citations', { source, record, locator })),
    )
    const { page, go } = await dashboard.open(`/records/agreements/${id}`)
    const places = await page.locator('.citations p:first-child').allTextContents()
    expect(places.map((text) => text.replace(/^.*The register/, '')).sort()).toEqual([
      `, ${element}`,
      ', page 4',
      ', row 12, column Title',
    ])
    await go(`/records/citations/${citation}`)
    await page.getByText('row 12 · Column Title', { exact: true }).waitFor()
  })

  it('leads editors to the form for a further source, and to those of its citations', async () => {
    const id = await dashboard.createAgreement({ title: 'Treaty without a source' })
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    const add = page.getByRole('link', { name: 'Add a source' })
    expect(await add.count()).toBe(0)
    const { page: ofEditor, go } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await ofEditor.getByRole('link', { name: 'Add a source' }).click()
    await ofEditor.getByText('Agreements: Treaty without a source').waitFor()
    await dashboard.create('sources', { title: 'A source of the treaty', kind: 'report' })
    const search = ofEditor.getByRole('combobox', { name: 'Source' })
    await pickRecord(ofEditor, search, 'A source of the treaty')
    await ofEditor.getByRole('button', { name: 'Create' }).click()
    await ofEditor.waitForURL('**/records/citations/*')
    await go(`/records/agreements/${id}`)
    await ofEditor.getByRole('link', { name: 'Change the citation' }).click()
    await ofEditor.getByText('Agreements: Treaty without a source').waitFor()
    await ofEditor.getByText('A source of the treaty').first().waitFor()
  })

  it('shows Antarctica on a map with a place there, and whole circles at the edges of maps', async () => {
    const createBase = async (latitude: number) => {
      const location = { name: 'Zhongshan Station', latitude, longitude: 76.4 }
      const document = { name: 'A station on ice', kind: 'observatory', location }
      return `/records/cooperation-bases/${await dashboard.create('cooperation-bases', document)}`
    }
    const bases = await Promise.all([-69.4, -89.9, 89.9].map(createBase))
    for (const country of ['ATA', 'FJI'])
      await dashboard.createAgreement({ title: 'Treaty', parties: [{ country, role: 'party' }] })
    const { page, go } = await dashboard.openTab()
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 })
      for (const path of [...bases, '/map?country=ATA', '/map?country=FJI']) {
        await go(path)
        const isInside = await page.locator('svg.map').evaluate((map) => {
          const outer = map.getBoundingClientRect()
          const circle = map.querySelector('circle')?.getBoundingClientRect()
          return (
            circle !== undefined &&
            circle.left >= outer.left &&
            circle.right <= outer.right &&
            circle.top >= outer.top &&
            circle.bottom <= outer.bottom
          )
        })
        expect(isInside, `${path}, ${width}`).toBe(true)
      }
    }
    // On a wide screen, circles are not enlarged, so they take no width from the map.
    await page.setViewportSize({ width: 1280, height: 800 })
    await go('/map?country=FJI')
    const viewBox = (await page.locator('svg.map').getAttribute('viewBox')) ?? ''
    expect(viewBox.split(' ').map(Number)[2]).toBe(960)
  })
})

describeInBrowser('changed parties', () => {
  const parties = ['CHN', 'PAK', 'DEU', 'FRA', 'JPN', 'USA', 'BRA', 'EGY'].map((country) => ({
    country,
    role: 'party',
  }))

  it('are all shown in a conflict, also after the sixth, and with their details', async () => {
    const id = await dashboard.createAgreement({ title: 'On water', parties })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByRole('button', { name: 'Remove Parties 8' }).click()
    const ratified = { ...parties[0], actions: [{ kind: 'ratified', date: '2001-05' }] }
    await dashboard.api.patch(`/v1/agreements/${id}`, { parties: [ratified, ...parties.slice(1)] })
    await page.getByRole('button', { name: 'Save' }).click()
    const side = (name: string) =>
      page.getByRole('group', { name: /^Parties/ }).locator('.side', { hasText: name })
    await side('Keep what was saved').getByText('May 2001').waitFor()
    expect(await side('Keep what was saved').getByText('Egypt').count()).toBe(1)
    expect(await side('Keep yours').getByText('Egypt').count()).toBe(0)
    expect(await side('Keep yours').getByText('Brazil').count()).toBe(1)
  })

  it('are shown in a comparison of two times with all that differs', async () => {
    const id = await dashboard.createAgreement({ title: 'On air', parties })
    const before = await dashboard.api.get(`/v1/agreements/${id}?fields=createdAt`)
    const ratified = { ...parties[7], actions: [{ kind: 'ratified', date: '2001-05' }] }
    await dashboard.api.patch(`/v1/agreements/${id}`, { parties: [...parties.slice(0, 7), ratified] })
    const time = encodeURIComponent(before.json<{ createdAt: string }>().createdAt)
    const { page } = await dashboard.open(`/compare?q=air&before=${time}`)
    const table = page.getByRole('table', { name: 'On air' })
    await table.locator('ins').getByText('May 2001').waitFor()
    expect(await table.locator('del').getByText('Egypt').count()).toBe(1)
  })
})
