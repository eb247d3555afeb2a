// @module-tag slow

import { expect, it, onTestFinished, vi } from 'vitest'
import { LocalImports } from '../../src/cli/local-imports.ts'
import { openDatabaseAt } from '../../src/database/database.ts'
import { withSchemeLock } from '../../src/features/imports/lock.ts'
import { openTestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { withFile } from '../support/import-files.ts'
import { checkCsv, importCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'
import { openProxy } from '../support/proxy.ts'

/** What `entente import` says if the database is unavailable for longer than the command waits. */

const csv = `${treatyHeader}\n1,First,2001,China\n`

/**
 * Opens a test database and a proxy to it. `messageAfterOutage` runs a command through the proxy, interrupts its connections, and
 * returns the message with which it fails. `mapping` is a mapping of a new register.
 */
async function openUnreliableDatabase() {
  const { url, database, close } = await openTestDatabase()
  const proxy = await openProxy(url)
  const unreliable = openDatabaseAt(proxy.url, generousOptions)
  onTestFinished(async () => {
    await unreliable.close()
    proxy.close()
    await close()
  })
  const scheme = newScheme()
  const messageAfterOutage = async (command: (imports: LocalImports) => Promise<unknown>) => {
    let message = ''
    // The test holds the lock of the register, so the command prints a note that it waits for another import. From then on, the
    // database is unreachable, and each call of `performance.now()` returns 20 s more, so that the command gives up
    // (`maxOutageMs`) after a few seconds.
    const printNote = () => {
      proxy.refuseConnections()
      let now = 0
      vi.spyOn(performance, 'now').mockImplementation(() => {
        now += 20_000
        return now
      })
    }
    const { signal } = new AbortController()
    const imports = new LocalImports(unreliable, { signal, printNote })
    try {
      await withSchemeLock(database, scheme, async () => {
        message = await command(imports).then(
          () => 'no error',
          (error: Error) => error.message,
        )
      })
    } finally {
      // The database is closed later, with the real clock.
      vi.restoreAllMocks()
    }
    return message
  }
  return { database, mapping: treatyMapping(scheme), messageAfterOutage }
}

it.each([
  [false, /no record has been written: start the import again later$/],
  [true, /later with: entente import --commit \S+; if its commit had not begun, start the import again$/],
])(
  'with autoCommit=%s, an import that loses its database says how to continue or start again',
  async (autoCommit, hint) => {
    const { mapping, messageAfterOutage } = await openUnreliableDatabase()
    const message = await withFile('mapping.yaml', mapping, ({ path: mappingPath }) =>
      withFile('treaties.csv', csv, ({ path }) =>
        messageAfterOutage((imports) =>
          imports.start({ mapping: mappingPath, files: [path], decisions: undefined, autoCommit }),
        ),
      ),
    )
    expect(message).toMatch(hint)
  },
)

it('a commit whose database is lost names the command that continues it', async () => {
  const { database, mapping, messageAfterOutage } = await openUnreliableDatabase()
  const { id: staged } = await checkCsv(database, mapping, csv)
  expect(await messageAfterOutage((imports) => imports.commit(staged))).toMatch(
    new RegExp(`; continue later with: entente import --commit ${staged}$`),
  )
})

it('an undo whose database is lost names the command that continues it', async () => {
  const { database, mapping, messageAfterOutage } = await openUnreliableDatabase()
  const { id } = await importCsv(database, mapping, csv)
  expect(await messageAfterOutage((imports) => imports.undo(id))).toMatch(
    new RegExp(`; continue later with: entente import --undo ${id}$`),
  )
})
