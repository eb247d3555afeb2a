import { describe, expect, it } from 'vitest'
import { readRows } from '../../../src/features/imports/reading/index.ts'
import { countOpenFiles, makeXlsx, withFile } from '../../support/import-files.ts'

describe.skipIf(process.platform !== 'linux')('a file whose rows are not read', () => {
  it.each([
    ['file.csv', 'a\n1\n'],
    ['file.json', '[{"a":1},{"a":2}]'],
    ['file.ndjson', '{"a":1}\n{"a":2}\n'],
    ['file.xml', '<rows><row>1</row><row>2</row></rows>'],
    ['file.xlsx', makeXlsx('<row><c><v>1</v></c></row>')],
  ])('is closed: %s', async (name, content) => {
    const before = countOpenFiles()
    await withFile(name, content, async (file) => {
      for (let round = 0; round < 30; round += 1) {
        const { close } = await readRows(file, {})
        await close()
      }
    })
    // Other tests of this process may have opened a few files meanwhile.
    await expect.poll(countOpenFiles).toBeLessThan(before + 15)
  })
})
