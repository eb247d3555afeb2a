import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Texts of records on pages: their line breaks and directions, and their length in forms. */

const title = 'اتفاقية التعاون العلمي (2015) – China'
let path = ''
const dashboard = useDashboard({
  changesRecords: true,
  prepare: async () => {
    const id = await dashboard.create('projects', {
      title,
      kind: 'other',
      summary: 'First paragraph.\n\nSecond paragraph.',
      participants: [{ country: 'CHN', role: 'participant' }],
    })
    path = `/records/projects/${id}`
  },
})

const directionOf = (input: Locator) => input.evaluate((element) => getComputedStyle(element).direction)

/** Whether the last character of an element's text is left of the first character. @param part this part of the text only. */
function isLastCharacterLeft(element: Element, part?: string): boolean {
  const text = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()
  const content = text?.textContent ?? ''
  const first = part === undefined ? 0 : content.indexOf(part)
  const length = (part ?? content).length
  const leftAt = (index: number) => {
    const range = new Range()
    if (text) range.setStart(text, index)
    if (text) range.setEnd(text, index + 1)
    return range.getBoundingClientRect().left
  }
  return leftAt(first + length - 1) < leftAt(first)
}

describeInBrowser('a text that is too long', () => {
  it.each([
    ['Title required', 500, /^Title: /],
    ['Summary', 10_000, /^Summary: /],
  ])('is not cut when it is pasted, but refused: %s', async (label, limit, fault) => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByLabel('Title required').fill('A treaty')
    await page.getByLabel('Kind required').selectOption('treaty')
    const field = page.getByLabel(label, { exact: true })
    await field.fill('')
    await field.focus()
    await page.keyboard.insertText('x'.repeat(limit + 1))
    expect(await field.inputValue()).toHaveLength(limit + 1)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: fault }).waitFor()
  })

  it.each([501, 20_000])('is refused as a reason for a change: %i characters', async (length) => {
    const { page } = await dashboard.openSignedIn(`${path}/edit`)
    await page.getByLabel('Title required').fill('A new title')
    await page.getByLabel('Reason for the change').focus()
    await page.keyboard.insertText('x'.repeat(length))
    await page.getByRole('button', { name: 'Save' }).click()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect((await alert.textContent())?.trim()).toBe(
      `Not saved: The header Change-Reason has ${length} characters; the limit is 500.`,
    )
  })
})

describeInBrowser('a reason for a change', () => {
  it('that was copied with control characters is stored with spaces instead of them', async () => {
    const id = await dashboard.createAgreement({ title: 'On air' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Place').first().fill('Beijing')
    await page.getByLabel('Reason for the change').fill('As the slide\u000bsays:\t2015\u0000\u2028')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Reason: As the slide says: 2015', { exact: true }).waitFor()
  })
})

describeInBrowser('a text of a record', () => {
  it('is shown with its line breaks, among the facts and in the history', async () => {
    const { page } = await dashboard.open(path)
    const history = page.locator('section.widget', { hasText: 'History' })
    for (const facts of [page.locator('.facts').first(), history]) {
      await facts.getByText('Second paragraph.').waitFor()
      // biome-ignore lint/performance/useDomNodeTextContent: `textContent` ignores whether line breaks are shown.
      expect(await facts.innerText()).toContain('First paragraph.\n\nSecond paragraph.')
    }
  })

  it('is a link only if it is a web address and nothing else', async () => {
    const website = 'https://registry.example/treaties/7'
    const summary = `${website} has the text.\nIt is in French.`
    const id = await dashboard.createAgreement({ title: 'On water', website, summary })
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    const value = (name: string) => page.locator(`dt:text-is("${name}") + dd`).first()
    expect(await value('Website').getByRole('link').getAttribute('href')).toBe(website)
    // biome-ignore lint/performance/useDomNodeTextContent: `textContent` ignores whether line breaks are shown.
    expect(await value('Summary').innerText()).toBe(summary)
    expect(await value('Summary').getByRole('link').count()).toBe(0)
  })

  it('that begins in a script from right to left has this direction', async () => {
    const { page, go } = await dashboard.openSignedIn(path)
    const isRightToLeft = (selector: string) =>
      page.locator(selector).first().evaluate(isLastCharacterLeft, undefined)
    expect(await isRightToLeft('h1')).toBe(true)
    expect(await page.locator('h1').evaluate((heading) => getComputedStyle(heading).textAlign)).toBe('left')
    for (const list of ['/explore/projects?sort=-title', '/search?q=التعاون', '/changes']) {
      await go(list)
      expect(await isRightToLeft(`a:text-is("${title}")`), list).toBe(true)
    }
    await go('/search?q=التعاون&lang=zh')
    const words = await page.locator('h1').evaluate(isLastCharacterLeft, undefined)
    expect(words, 'the words around the searched text').toBe(false)
    await go(`${path}/edit?lang=en`)
    expect(await directionOf(page.getByLabel(/^Title/).first())).toBe('rtl')
    expect(await directionOf(page.getByLabel(/^Summary/))).toBe('ltr')
  })

  it('keeps its order in headings, dialogs and suggestions, which have other words around it', async () => {
    const { page, go } = await dashboard.openSignedIn(`${path}/edit`)
    const isTitleInOrder = (selector: string) =>
      page.locator(selector).first().evaluate(isLastCharacterLeft, title)
    expect(await isTitleInOrder('h1')).toBe(true)
    await go(path)
    await page.getByRole('button', { name: 'Delete' }).click()
    expect(await isTitleInOrder('dialog h2')).toBe(true)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('combobox', { name: 'Search the registry' }).fill('التعاون')
    await page.getByRole('option').first().waitFor()
    expect(await isTitleInOrder('[role="option"]')).toBe(true)
    const option = page.getByRole('option').first()
    expect(await option.evaluate((element) => element.firstChild?.nodeName)).toBe('BDI')
  })
})
