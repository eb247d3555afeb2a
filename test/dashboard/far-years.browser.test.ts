import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Charts of records before the year 1000 and after the year 9999, in a browser. */

const dashboard = useDashboard({
  changesRecords: true,
  prepare: async () => {
    const parties = ['CHN', 'PAK'].map((country) => ({ country, role: 'party' }))
    for (const signedOn of ['Y17000', '0099', '-0043-03'])
      await dashboard.createAgreement({ title: `Signed in ${signedOn}`, signedOn, parties })
  },
})

const charts = ['/map', '/timeline', '/network?resource=agreements']

describeInBrowser('the period of a chart', () => {
  it.each(charts)('reaches from years before Christ to the year 9999 at most: %s', async (path) => {
    const { page, pageErrors } = await dashboard.open(path)
    const from = page.getByRole('slider', { name: 'First year of the period' })
    expect([await from.getAttribute('min'), await from.getAttribute('max')]).toEqual(['-43', '9999'])
    expect(pageErrors).toEqual([])
  })

  it.each(charts)('can start and end in any year of at most four digits: %s', async (path) => {
    const { page, pageErrors, settle } = await dashboard.open(path)
    const handle = (name: string) => page.getByRole('slider', { name: `${name} year of the period` })
    const period = () => ['from', 'to'].map((name) => new URL(page.url()).searchParams.get(name))
    await handle('First').press('ArrowRight')
    await handle('Last').press('ArrowLeft')
    await expect.poll(period).toEqual(['-0042', '9998'])
    await handle('Last').fill('99')
    await expect.poll(period).toEqual(['-0042', '0099'])
    await settle()
    expect(await handle('First').inputValue()).toBe('-42')
    expect(pageErrors).toEqual([])
  })
})
