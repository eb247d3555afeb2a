import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { importFile, newScheme } from '../support/imports.ts'

/** Imports whose rows refer to the records of other rows by their ids. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const mappingOf = (scheme: string, onBadValue = 'refuse') => `
scheme: ${scheme}
onBadValue: ${onBadValue}
records:
  agreements:
    id: id
    properties:
      title: title
      kind: =treaty
      relations: {each: amends, agreement: {from: ., by: id}, kind: =amends}
`

/** Imports rows, of which each has the number of the row that it amends, without a dry run. */
function importAmending(amended: (number | undefined)[], mapping: string) {
  const rows = amended.map((other, number) => ({
    id: `R${number}`,
    title: `Agreement ${number}`,
    amends: other === undefined ? [] : [`R${other}`],
  }))
  return importFile(api.database, mapping, 'rows.json', JSON.stringify(rows))
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

/** Returns the number of the agreement that an imported agreement amends. */
async function readAmended(scheme: string, number: number): Promise<string | undefined> {
  const { rows } = await api.pool.query<{ title: string }>(
    `select target.document::json ->> 'title' as title from external_ids
      join records on records.id = external_ids.record
      join records target on target.id = (records.document::json #>> '{relations,0,agreement}')::uuid
      where scheme = $1 and external_ids.id = $2`,
    [scheme, `R${number}`],
  )
  return rows[0]?.title
}

describe('rows that refer to the records of other rows', () => {
  it('are written if rows that are never in one batch refer to each other', async () => {
    const scheme = newScheme()
    const { counts } = await importAmending(
      numbers(1200).map((number) => (number + 600) % 1200),
      mappingOf(scheme),
    )
    expect(counts).toMatchObject({ created: 1200, refused: 0 })
    expect(await readAmended(scheme, 3)).toBe('Agreement 603')
  })

  it('are written in two passes if each row refers to the next one', async () => {
    const scheme = newScheme()
    const { counts, pass } = await importAmending(
      numbers(1200).map((number) => (number === 1199 ? undefined : number + 1)),
      mappingOf(scheme),
    )
    expect(counts).toMatchObject({ created: 1200, refused: 0 })
    expect(pass).toBe(1)
    expect(await readAmended(scheme, 3)).toBe('Agreement 4')
  })

  it('are written together if all of them form one circle', async () => {
    const scheme = newScheme()
    const { counts } = await importAmending(
      numbers(1200).map((number) => (number + 1) % 1200),
      mappingOf(scheme),
    )
    expect(counts).toMatchObject({ created: 1200, refused: 0 })
    expect(await readAmended(scheme, 1199)).toBe('Agreement 0')
  })

  it('are all refused, with the reason, if their circle is too large for a transaction', async () => {
    const count = 5001
    const { counts, report } = await importAmending(
      numbers(count).map((number) => (number + 1) % count),
      mappingOf(newScheme()),
    )
    expect(counts).toMatchObject({ created: 0, refused: count })
    expect(report?.refusedBy?.[0]?.example.detail).toMatch(
      /^is one of 5,001 rows that refer to one another, of which at most 5,000 can be written together/,
    )
  })

  it('are refused if a row on the way to a missing record is refused', async () => {
    const { counts } = await importAmending([1, 2, 3, 4000, undefined], mappingOf(newScheme()))
    expect(counts).toMatchObject({ created: 1, refused: 4 })
  })

  it('are written without the reference to a missing record if bad values are dropped', async () => {
    const scheme = newScheme()
    const { counts } = await importAmending([1, 4000], mappingOf(scheme, 'drop'))
    expect(counts).toMatchObject({ created: 2, refused: 0 })
    expect(await readAmended(scheme, 0)).toBe('Agreement 1')
  })
})
