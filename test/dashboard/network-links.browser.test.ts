import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { countInList } from '../support/aggregates.ts'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The links from a pair of the network to its records, in a browser. */

const dashboard = useDashboard({ changesRecords: true, prepare: addRecords })

/** Adds records of Fiji and Nauru: in the period from 2000 to 2010, before it, and without a date. */
async function addRecords(): Promise<void> {
  const pair = (role: string) => ['FJI', 'NRU'].map((country) => ({ country, role }))
  const agreement = { kind: 'treaty', parties: pair('party') }
  const project = { kind: 'joint_research', participants: pair('participant') }
  for (const [resource, document] of [
    ['agreements', { ...agreement, title: 'In the period', signedOn: '2005' }],
    ['agreements', { ...agreement, title: 'Before the period', signedOn: '1990' }],
    ['agreements', { ...agreement, title: 'Without a date' }],
    ['agreements', { ...agreement, title: 'Also without a date' }],
    ['projects', { ...project, title: 'In the period', startsOn: '2004' }],
    ['projects', { ...project, title: 'Without a date' }],
  ] as const) {
    await dashboard.create(resource, document)
  }
}

/** Returns the number of records in each list to which an element links. */
async function countLinked(page: Page, selector: string): Promise<number[]> {
  const paths = await page
    .locator(selector)
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
  return await Promise.all(paths.map((path) => countInList(dashboard.api, path.replace('/explore/', '/v1/'))))
}

describeInBrowser('the record count of a pair in the network', () => {
  it.each([
    ['', [4, 2]],
    ['&from=2000&to=2010', [1, 1]],
    ['&from=2000&to=2010&undated=exclude', [1, 1]],
  ])('links to the list of as many records: %s', async (period, counts) => {
    const { page } = await dashboard.open(`/network?centre=FJI&pair=FJI,NRU${period}`)
    expect(await page.locator('.pair .chips li').allTextContents()).toEqual([
      `Agreements ${counts[0]}`,
      `Projects ${counts[1]}`,
    ])
    expect(await countLinked(page, '.pair .chips a')).toEqual(counts)
    expect(await countLinked(page, 'td.number a')).toEqual(counts)
  })

  it('that includes undated records links to these and to those of the period', async () => {
    const { page } = await dashboard.open(
      '/network?centre=FJI&pair=FJI,NRU&from=2000&to=2010&undated=include',
    )
    expect(await page.locator('.pair .chips li').allTextContents()).toEqual([
      'Agreements 3: in the period · without a date',
      'Projects 2: in the period · without a date',
    ])
    expect(await countLinked(page, '.pair .chips a')).toEqual([1, 2, 1, 1])
    expect(await page.locator('td.number a').count()).toBe(0)
  })
})

describeInBrowser('the network of a region', () => {
  it('links to its records without an exact year, for each of several resources', async () => {
    const { page } = await dashboard.open('/network?resource=agreements,projects&region=009')
    const undated = page.locator('.year-slider-notes a')
    expect(await undated.allTextContents()).toEqual([
      expect.stringMatching(/^Agreements \d+$/),
      expect.stringMatching(/^Projects \d+$/),
    ])
    for (const link of await undated.all()) expect(await link.getAttribute('href')).toContain('region=009')
    await page.getByRole('slider', { name: 'First year of the period' }).waitFor()
  })

  it('links a pair to all of its records, since the region selects pairs', async () => {
    const { page } = await dashboard.open('/network?centre=FJI&pair=FJI,NRU&region=009')
    expect(await countLinked(page, '.pair .chips a')).toEqual([4, 2])
  })
})
