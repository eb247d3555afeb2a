import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConstraintDatabase, ids, openConstraintDatabase, type Row } from '../support/constraint-rows.ts'

let database: ConstraintDatabase
beforeAll(async () => {
  database = await openConstraintDatabase()
})
afterAll(() => database.close())

describe.each([
  ['regions', 'code', '142', 'name'],
  ['countries', 'code', 'PAK', 'name'],
  ['topics', 'slug', 'energy', 'name'],
  ['organizations', 'id', ids.organization, 'name'],
  ['sources', 'id', ids.source, 'title'],
  ['agreements', 'id', ids.agreement, 'title'],
  ['projects', 'id', ids.project, 'title'],
  ['cooperation_bases', 'id', ids.base, 'name'],
  ['assistance_programs', 'id', ids.program, 'title'],
  ['citations', 'id', ids.citation, 'note'],
  ['figures', 'id', ids.figure, 'title'],
])('an update of %s in psql', (table, key, value, column) => {
  /** Changes the record and tells its revision before and after. */
  async function change(assignment: string): Promise<{ before: Row | undefined; after: Row | undefined }> {
    const revision = `select version, created_at, updated_at from ${table} where ${key} = $1`
    const [before] = await database.query(revision, [value])
    await database.query(`update ${table} set ${assignment} where ${key} = $1`, [value])
    const [after] = await database.query(revision, [value])
    return { before, after }
  }

  it('raises the version by one and moves the time of change', async () => {
    const { before, after } = await change(`${column} = 'Changed in psql'`)
    expect(after).toMatchObject({ version: Number(before?.version) + 1, created_at: before?.created_at })
    expect(Number(after?.updated_at)).toBeGreaterThan(Number(before?.updated_at))
  })

  it('cannot set version, birthday and time of change, back or forth', async () => {
    const { before, after } = await change(
      "version = 1, created_at = '2001-01-01', updated_at = '2001-01-01'",
    )
    expect(after).toMatchObject({ version: Number(before?.version) + 1, created_at: before?.created_at })
    expect(Number(after?.updated_at)).toBeGreaterThan(Number(before?.updated_at))
    const { after: later } = await change('version = 1000')
    expect(later?.version).toBe(Number(before?.version) + 2)
  })
})
