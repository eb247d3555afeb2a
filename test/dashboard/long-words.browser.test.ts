import { expect, it } from 'vitest'
import { describeInBrowser, measureOverflow, useDashboard } from '../support/dashboard.ts'

/** Pages with words that are wider than the page, such as URLs and codes. */

const dashboard = useDashboard({ changesRecords: true, prepare: createRecords })
const ids = { agreement: '', organization: '', project: '' }

async function createRecords(): Promise<void> {
  ids.organization = await dashboard.create('organizations', { name: 'o'.repeat(300), kind: 'other' })
  ids.agreement = await dashboard.create('agreements', {
    title: 't'.repeat(500),
    kind: 'treaty',
    signedOn: '2015',
    summary: 's'.repeat(2000),
    parties: [{ country: 'CHN', role: 'party' }],
  })
  ids.project = await dashboard.create('projects', {
    title: 'p'.repeat(500),
    kind: 'other',
    participants: [{ organization: ids.organization, role: 'participant' }],
  })
}

describeInBrowser('a word wider than the page', () => {
  it.each([360, 1440])('does not widen a page of %i pixels', async (width) => {
    const { page, go } = await dashboard.openSignedIn('/sign-in', { viewport: { width, height: 800 } })
    for (const path of [
      `/records/agreements/${ids.agreement}`,
      `/records/organizations/${ids.organization}`,
      `/explore/projects?organization=${ids.organization}`,
      `/records/projects/${ids.project}/edit`,
      `/records/agreements/${ids.agreement}/redact`,
      `/search?q=${'t'.repeat(500)}`,
      '/changes',
    ]) {
      await go(path)
      expect(await measureOverflow(page), path).toBeLessThanOrEqual(0)
    }
  })

  it('does not widen a page of 320 pixels with large text and wide spacing', async () => {
    const { page, go } = await dashboard.open('/', { viewport: { width: 320, height: 800 }, bypassCSP: true })
    for (const path of ['/countries/PAK', '/explore/agreements']) {
      await go(path)
      // The text spacing of WCAG 2.1, success criterion 1.4.12.
      await page.addStyleTag({
        content: `html { font-size: 24px }
          * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }`,
      })
      expect(await measureOverflow(page), path).toBeLessThanOrEqual(0)
    }
    // In a narrow window, the facets are hidden until the user opens the filters.
    await page.locator('.facets-fold > summary').click()
    const facet = page.locator('.facet').first()
    await facet.waitFor()
    const box = await facet.boundingBox()
    expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual(320)
    expect(await measureOverflow(page), 'with open filters').toBeLessThanOrEqual(0)
  })

  it('leaves room for the other columns of the explorer', async () => {
    const { page } = await dashboard.open('/explore/projects?columns=kind,status')
    const title = await page.getByRole('columnheader', { name: 'Title' }).boundingBox()
    const table = await page.locator('.explore .widget-body').boundingBox()
    // The title takes at most two thirds of the table.
    expect(title?.width).toBeLessThan((table?.width ?? 0) / 1.5)
  })
})
