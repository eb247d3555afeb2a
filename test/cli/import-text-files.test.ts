import iconv from 'iconv-lite'
import { expect, it } from 'vitest'
import { runInProcess } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { withFile } from '../support/import-files.ts'
import { useOpened } from '../support/use-opened.ts'

/** The mapping and the decisions of `entente import`. */

const database = useOpened(openTestDatabase)

const windows1252 = (text: string) => Buffer.from(text, 'latin1')
const importWith = (words: string[]) =>
  runInProcess(['import', ...words, '--dry-run'], { DATABASE_URL: database.url })

it('a mapping that is not UTF-8 is refused, since its letters would be lost', async () => {
  await withFile('treaties.yaml', windows1252('scheme: traités'), async ({ path }) => {
    await expect(importWith([path, 'rows.csv'])).rejects.toThrow(`${path} is not UTF-8 text`)
  })
})

it.each([
  ['of nothing', '', 'This is not a mapping, but other text or nothing.'],
  ['of rows', 'No,Title\n1,First\n', 'This is not a mapping, but other text or nothing.'],
  ['with a fault', 'schema: x', 'The mapping has 3 errors.'],
  ['that is no YAML', 'a: [', 'The mapping cannot be parsed at line 1, column 5'],
])('a mapping %s is refused with its path', async (_title, content, message) => {
  await withFile('treaties.yaml', content, async ({ path }) => {
    await expect(importWith([path, 'rows.csv'])).rejects.toThrow(`${path}: ${message}`)
  })
})

it('decisions are read in other encodings than UTF-8, as files with rows are', async () => {
  const decisions = iconv.encode('resource,name,decision\ncountries,亚特兰蒂斯,QQQ', 'gb18030')
  await withFile('decisions.csv', decisions, async ({ path }) => {
    await expect(importWith(['iati', path, '--decisions', path])).rejects.toThrow(
      `${path}, line 2: there is no "QQQ" in countries`,
    )
  })
})

it('decisions that cannot be decoded are refused with the path of their file', async () => {
  await withFile('decisions.csv', new Uint8Array([0xff, 0x81, 0x0a, 0x80]), async ({ path }) => {
    await expect(importWith(['iati', path, '--decisions', path])).rejects.toThrow(
      `${path}: The encoding of the file could not be detected.`,
    )
  })
})

it('the report names the encoding of the decisions if it was guessed', async () => {
  const mapping =
    'scheme: treaties\nrecords: {agreements: {id: Id, properties: {title: Title, kind: =treaty}}}'
  const decisions = iconv.encode('resource,name,decision\ncountries,亚特兰蒂斯,-', 'gb18030')
  const output = await withFile('treaties.yaml', mapping, ({ path: mappingPath }) =>
    withFile('rows.csv', 'Id,Title\n1,First\n', ({ path: rows }) =>
      withFile('decisions.csv', decisions, ({ path }) =>
        importWith([mappingPath, rows, '--decisions', path]),
      ),
    ),
  )
  expect(output).toContain('The encoding of the file of decisions is most likely gb18030.')
})
