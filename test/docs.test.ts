import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pages, readPage } from './support/docs-pages.ts'

/** Returns the anchors that GitHub makes from the headings of a page. */
const anchorsOf = (text: string) =>
  [...text.replaceAll(/^ *```.*?^ *```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

it.each(pages)('links in %s lead to files and headings that exist', async (page) => {
  const text = await readPage(page)
  const broken: string[] = []
  for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
    const [path = '', anchor] = target.split('#')
    const linked = path === '' ? page : join(page, '..', path)
    const found = await readPage(linked).catch(() => undefined)
    if (found === undefined || (anchor !== undefined && !anchorsOf(found).includes(anchor)))
      broken.push(target)
  }
  expect(broken).toEqual([])
})

it('README.md has at most 200 lines', async () => {
  expect((await readPage('README.md')).trimEnd().split('\n').length).toBeLessThanOrEqual(200)
})
