import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The agreements that expire within a year, on the overview and on the page of a country, in a browser. */

const dashboard = useDashboard({ changesRecords: true, prepare: addAgreements })

const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Adds 22 agreements in force that expire within a year, and one that has been terminated. */
async function addAgreements(): Promise<void> {
  const shared = { kind: 'protocol', inForceFrom: '2011', parties: [{ country: 'CHN', role: 'party' }] }
  for (let number = 1; number <= 22; number += 1)
    await dashboard.api.post('/v1/agreements', {
      ...shared,
      title: `Expiring ${number}`,
      expiresOn: daysFromNow(90),
    })
  const ended = { ...shared, terminatedOn: '2020', expiresOn: daysFromNow(30) }
  await dashboard.api.post('/v1/agreements', { ...ended, title: 'Terminated' })
}

describeInBrowser('agreements that expire', () => {
  it.each([
    ['/', 8],
    ['/countries/CHN', 20],
  ])('are in force, and a link leads to the list of all of them: %s', async (path, shown) => {
    const { page, settle } = await dashboard.open(path)
    const widget = page.locator('.widget', { hasText: 'Agreements that expire within a year' }).last()
    expect(await widget.locator('li').count()).toBe(shown)
    expect(await widget.getByText('Terminated').count()).toBe(0)
    await widget.getByRole('link', { name: 'All 22, as a list' }).click()
    await page.getByText('22 records').waitFor()
    await settle()
  })

  it('are none for a country without them, whose page names the first and last day', async () => {
    const { page } = await dashboard.open('/countries/PAK')
    const year = new Date().getUTCFullYear()
    const none = `No agreement whose dates show that it is in force expires between .+ ${year} and .+ ${year + 1}.`
    await page.getByText(new RegExp(none)).waitFor()
  })
})
