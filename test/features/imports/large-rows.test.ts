// @module-tag slow

import { describe, expect, it } from 'vitest'
import { autocommitReads } from '../../../src/database/database.ts'
import { streamRefusedRows } from '../../../src/features/imports/http/rejected.ts'
import { readStagedRows } from '../../../src/features/imports/rows.ts'
import { requireImport } from '../../../src/features/imports/store.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { createLocalImport, newScheme, treatyMapping } from '../../support/imports.ts'

/** Rows of megabytes are read in portions, so that no request and no step holds many of them in memory. */

const api = useTestApi()

const rowCount = 12
const rowSizeMib = 3

/** Stores an import with large rows, which all have the given state. @returns its id. */
async function storeRows(state: 'refused' | 'ready'): Promise<string> {
  const id = await createLocalImport(api.database, treatyMapping(newScheme()), { autoCommit: false })
  await api.pool.query(
    `insert into import_rows (import, position, locator, state, values, drafts, faults)
      select $1, number, 'row ' || number, $2, json_build_object('Text', text), json_build_array(text), $3
      from generate_series(1, $4) number, repeat('x', $5) text`,
    [
      id,
      state,
      JSON.stringify([{ column: 'Text', value: '', detail: 'is wrong' }]),
      rowCount,
      rowSizeMib * 1024 * 1024,
    ],
  )
  return id
}

const locators = Array.from({ length: rowCount }, (_, index) => `row ${index + 1}`)

describe('rows of megabytes', () => {
  it('end a page of refused rows early', async () => {
    const id = await storeRows('refused')
    const sizes: number[] = []
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const response = await api.get(`/v1/imports/${id}/rows?limit=10${cursor}`, { key: adminKey })
      expect(response.status, response.text).toBe(200)
      const { data, page } = response.json<{ data: { locator: string }[]; page: { next: string | null } }>()
      sizes.push(data.length)
      found.push(...data.map(({ locator }) => locator))
      cursor = page.next === null ? null : `&cursor=${page.next}`
    }
    expect(sizes).toEqual([6, 6])
    expect(found).toEqual(locators)
  })

  it('are read in portions for rejected.csv', async () => {
    const id = await storeRows('refused')
    const job = await requireImport(autocommitReads(api.database), id)
    const texts: string[] = []
    for await (const text of streamRefusedRows(api.database, job)) texts.push(text)
    expect([...texts.join('').matchAll(/,(row \d+),/g)].map(([, locator]) => locator)).toEqual(locators)
    // The first text is the header.
    expect(texts).toHaveLength(3)
  })

  it('are read in portions by the steps of an import', async () => {
    const staged = { id: await storeRows('ready'), state: 'ready' as const, doneThrough: 2 }
    const rows = await readStagedRows(autocommitReads(api.database), staged, 500)
    expect(rows.map(({ locator }) => locator)).toEqual(locators.slice(2, 8))
  })
})
