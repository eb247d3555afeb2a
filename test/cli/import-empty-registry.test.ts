import { expect, it } from 'vitest'
import { runInProcess } from '../support/command-line.ts'
import { openMigratedDatabase, openTestDatabase } from '../support/database.ts'
import { withFile } from '../support/import-files.ts'

it.each([
  ['without countries has a note with the command that adds them', openMigratedDatabase, 1],
  ['with countries has no such note', openTestDatabase, 0],
])('an import into a registry %s', async (_title, open, count) => {
  const database = await open()
  const notes: string[] = []
  try {
    const mapping = 'scheme: x\nrecords: {agreements: {id: Id, properties: {title: Title, kind: =treaty}}}'
    await withFile('treaties.yaml', mapping, ({ path }) =>
      withFile('rows.csv', 'Id,Title\n1,First\n', (rows) =>
        runInProcess(['import', path, rows.path, '--dry-run'], { DATABASE_URL: database.url }, (text) =>
          notes.push(text),
        ),
      ),
    )
  } finally {
    await database.close()
  }
  expect(notes.filter((note) => note.includes('entente seed reference'))).toHaveLength(count)
})
