import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { autocommitReads } from '../../src/database/database.ts'
import { compileSql } from '../../src/database/dialect.ts'
import { foldCode } from '../../src/database/folding.ts'
import { externalIdKey } from '../../src/model/schemas.ts'
import { useTestApi } from '../support/api.ts'
import { checkCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'

const api = useTestApi()

/** Returns the ids as the unique index compares them. */
const foldInDatabase = async (ids: string[]): Promise<string[]> => {
  const statement = sql`select ${foldCode(sql`given.id`)} as id from unnest(${sql.param(ids)}::text[])
    with ordinality as given(id, position) order by position`
  const rows = await autocommitReads(api.database).query<{ id: string }>(compileSql(statement))
  return rows.map(({ id }) => id)
}

/** The letters that Unicode 16 added below U+2000. A PostgreSQL with an older Unicode leaves their case unchanged. */
const newLetters = /[\u1c89\u1c8a]/

/** All other letters up to U+1FFF, such as Latin, Greek, Cyrillic and Georgian ones. */
const letters = Array.from({ length: 0x1fff }, (_, index) => String.fromCodePoint(index + 1)).filter(
  (character) => /\p{L}/u.test(character) && !newLetters.test(character),
)

describe('the key of an external id', () => {
  it('has the id in the form that the unique index compares', async () => {
    // Each letter alone, and at the end of a word, where a sigma has another lower case.
    const ids = letters.flatMap((letter) => [letter, `A${letter}`])
    const keys = ids.map((id) => externalIdKey({ scheme: 'x', id }).slice('x:'.length))
    expect(keys).toEqual(await foldInDatabase(ids))
  })

  it('lets a dry run refuse a row whose id differs from an earlier one only in case', async () => {
    const csv = `${treatyHeader}\nİ1,First,2001,China\ni1,Second,2002,China\nΑΣ,Third,2003,China\nασ,Fourth,2004,China\n`
    const { counts } = await checkCsv(api.database, treatyMapping(newScheme()), csv)
    expect(counts).toMatchObject({ created: 2, refused: 2 })
  })
})
