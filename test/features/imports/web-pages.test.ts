import { describe, expect, it } from 'vitest'
import { messageOf, readContent } from '../../support/import-files.ts'

describe('a file whose first tag begins like one of HTML', () => {
  it.each([
    '<table border="1">\n<tr><td>1</td></tr></table>',
    '<table><thead><tr><th>Id</th></tr></thead></table>',
    '<table><colgroup><col></colgroup><tr><td>1</td></tr></table>',
    '<table><col width=64><tr><td>1</td></tr></table>',
    '<table><!-- a remark --><tfoot></tfoot></table>',
    '<meta charset="utf-8"><table></table>',
    '<head><title>Not found</title></head>',
    '<style>td { color: red }</style>',
  ])('is refused as a web page, with what to do if it is XML: %j', async (content) => {
    const message = await messageOf(readContent('file.xls', content))
    expect(message).toContain('is a web page (HTML)')
    expect(message).toContain('If it is XML, set rows.format to xml in the mapping.')
  })

  it.each([
    '<table><row/></table>',
    '<table><treaty/></table>',
    '<table><!-- a remark --><thing/></table>',
    '<table name="treaties"><column/></table>',
    '<table:rows xmlns:table="urn:x"><row/></table:rows>',
    '<meta-data><item/></meta-data>',
    '<head-of-state><item/></head-of-state>',
  ])('is read as XML if it has an element that HTML lacks: %j', async (content) => {
    expect((await readContent('file.xml', content)).fileInfo.format).toBe('xml')
  })
})
