// @module-tag slow

import { describe, expect, it, vi } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { checkCsv, commit, importCsv, importFile, newScheme } from '../../support/imports.ts'

/** Imports whose rows refer to the records of other rows by their ids. */

vi.setConfig({ testTimeout: 60_000 })

const api = useTestApi()

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

/** Imports rows, by default without a dry run. @param amended for each row, the number of the row that it amends, if any. */
function importAmending(
  amended: (number | undefined)[],
  mapping: string,
  options: { autoCommit?: boolean } = {},
) {
  const rows = amended.map((other, number) => ({
    id: `R${number}`,
    title: `Agreement ${number}`,
    amends: other === undefined ? [] : [`R${other}`],
  }))
  return importFile(api.database, mapping, 'rows.json', JSON.stringify(rows), options)
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

/** Imports rows. Each row amends the row that is `distance` rows later; the last rows amend the first rows. */
const importCycles = (count: number, distance: number, scheme: string) =>
  importAmending(
    numbers(count).map((number) => (number + distance) % count),
    mappingOf(scheme),
  )

/** Returns the title of the agreement that an imported agreement amends. */
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
  it.each([
    ['a commit', true],
    ['a dry run', false],
  ])(
    'are refused by %s if one refers to itself; faults show an id of the file, not a key',
    async (_, autoCommit) => {
      const scheme = newScheme()
      const imported = await importAmending([0, 0], mappingOf(scheme), { autoCommit })
      expect(imported.counts).toMatchObject({ created: 0, refused: 2 })
      const { data } = (await api.get(`/v1/imports/${imported.id}/rows`, { key: adminKey })).json<{
        data: { faults: object[] }[]
      }>()
      const fault = { column: 'amends', value: `${scheme}:R0` }
      expect(data.map(({ faults }) => faults)).toEqual([
        [{ ...fault, detail: 'is the agreement itself' }],
        [{ ...fault, detail: expect.stringMatching(/^no record of agreements has this external id/) }],
      ])
      const rejected = await api.get(`/v1/imports/${imported.id}/rejected.csv`, { key: adminKey })
      expect(rejected.text).toContain(`""${scheme}:R0"": no record of agreements has this external id. No`)
    },
  )

  it.each([
    ['all are in one batch', 0],
    ['R1 and R2 wait for a row of a later batch', 1000],
  ])(
    'are written without the reference to a row that is refused when it is written: %s',
    async (_, distance) => {
      const scheme = newScheme()
      const row = (id: string, ...amends: string[]) => ({ id, title: `Agreement ${id}`, amends })
      const others = numbers(distance).map((number) => row(`other ${number}`))
      // R2 is refused, since it refers to itself.
      const rows = [row('R1', 'R2'), row('R2', 'R2', 'last'), row('R3', 'R1'), ...others, row('last')]
      const content = JSON.stringify(rows)
      const { counts } = await importFile(api.database, mappingOf(scheme, 'drop'), 'rows.json', content)
      expect(counts).toMatchObject({ created: rows.length - 1, refused: 1 })
      expect(await readAmended(scheme, 1)).toBeUndefined()
      expect(await readAmended(scheme, 3)).toBe('Agreement R1')
      const again = await importFile(api.database, mappingOf(scheme, 'drop'), 'rows.json', content)
      expect(again.counts).toMatchObject({ created: 0, changed: 0, refused: 1 })
    },
  )

  it('keep the reference to a row that is written without a reference, in another batch', async () => {
    const scheme = newScheme()
    const row = (number: number, ...amends: string[]) => ({
      id: `R${number}`,
      title: `Agreement ${number}`,
      amends,
    })
    // All wait for the last row, which comes in another batch. R2 is refused, since it refers to itself.
    const referrers = numbers(520).map((number) => row(number + 3, 'R1'))
    const rows = [row(1, 'R2'), row(2, 'R2', 'R600'), ...referrers, row(600)]
    const { counts } = await importFile(
      api.database,
      mappingOf(scheme, 'drop'),
      'rows.json',
      JSON.stringify(rows),
    )
    expect(counts).toMatchObject({ created: rows.length - 1, refused: 1 })
    expect(await readAmended(scheme, 1)).toBeUndefined()
    expect([await readAmended(scheme, 3), await readAmended(scheme, 522)]).toEqual([
      'Agreement 1',
      'Agreement 1',
    ])
  })

  it('are written if rows that are never in one batch refer to each other', async () => {
    const scheme = newScheme()
    const { counts } = await importCycles(1020, 510, scheme)
    expect(counts).toMatchObject({ created: 1020, refused: 0 })
    expect(await readAmended(scheme, 3)).toBe('Agreement 513')
  })

  it('are written in two passes if each row refers to the next one', async () => {
    const scheme = newScheme()
    const { counts, pass } = await importAmending(
      numbers(1020).map((number) => (number === 1019 ? undefined : number + 1)),
      mappingOf(scheme),
    )
    expect(counts).toMatchObject({ created: 1020, refused: 0 })
    // The first pass has the number 0.
    expect(pass).toBe(1)
    expect(await readAmended(scheme, 3)).toBe('Agreement 4')
  })

  it('are written together if all of them form one cycle', async () => {
    const scheme = newScheme()
    const { counts } = await importCycles(1020, 1, scheme)
    expect(counts).toMatchObject({ created: 1020, refused: 0 })
    expect(await readAmended(scheme, 1019)).toBe('Agreement 0')
  })

  it('are all refused, with the reason, if their cycle is too large for a transaction', async () => {
    const count = 5001
    const { counts, report } = await importCycles(count, 1, newScheme())
    expect(counts).toMatchObject({ created: 0, refused: count })
    expect(report?.refusedBy?.[0]?.example.detail).toMatch(
      /^is one of 5,001 rows that refer to one another and have 5,001 records: at most 5,000 can be written together/,
    )
  })

  it('are refused with the number of their records, not only of the rows', async () => {
    const rows = [0, 1].map((number) => ({
      id: `R${number}`,
      amends: `R${1 - number}`,
      parts: numbers(2500),
    }))
    const mapping = `
scheme: ${newScheme()}
records:
  agreements:
    - id: id
      properties: {title: id, kind: =treaty, relations: {each: amends, agreement: {from: ., by: id}, kind: =amends}}
    - {each: parts, id: {template: '{/id}-{.}'}, properties: {title: ., kind: =treaty}}
`
    const { counts, report } = await importFile(api.database, mapping, 'rows.json', JSON.stringify(rows))
    expect(counts).toMatchObject({ created: 0, refused: 2 })
    expect(report?.refusedBy?.[0]?.example.detail).toMatch(
      /^is one of 2 rows that refer to one another and have 5,002 records: at most 5,000 can be written together/,
    )
  })

  it('are refused if they refer to each other and share an id, but not rows that refer to them', async () => {
    const scheme = newScheme()
    const mapping = `${mappingOf(scheme, 'drop')}      externalIds: {each: shared, scheme: =${newScheme()}, id: .}\n`
    const row = (id: string, amends: string, ...shared: string[]) => ({
      id,
      title: `Agreement ${id}`,
      amends: [amends],
      shared,
    })
    // Only one of R1 and R2 may have the shared id, and neither can be written without the other.
    const rows = [row('R1', 'R2', 'one'), row('R2', 'R1', 'one'), row('R3', 'R1')]
    const { counts } = await importFile(api.database, mapping, 'rows.json', JSON.stringify(rows))
    expect(counts).toMatchObject({ created: 1, refused: 2 })
    expect(await readAmended(scheme, 3)).toBeUndefined()
  })

  it('are all refused for references to a refused row, even if over 100 records have them', async () => {
    const record = (id: string) =>
      `{id: ${id}, properties: {title: title, kind: =treaty, relations: {agreement: {from: amends, by: id}, kind: =amends}}}`
    const mapping = `{scheme: ${newScheme()}, records: {agreements: [${record('id')}, ${record("{template: '{id}-2'}")}]}}`
    const { report } = await importAmending(Array(99).fill(0), mapping)
    expect(report?.refusedBy).toMatchObject([{ column: 'amends', rows: 99 }])
  })

  it('are refused if their chain of references ends at a missing record', async () => {
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

describe('a dry run', () => {
  /** Checks that the dry run of a file refuses as many rows as the import, with the same example. */
  async function expectRefused(mapping: string, csv: string, refused: number, detail: unknown) {
    for (const run of [checkCsv, importCsv]) {
      const { state, counts, report } = await run(api.database, mapping, csv)
      expect({ state, refused: counts.refused }).toEqual({
        state: run === checkCsv ? 'staged' : 'committed',
        refused,
      })
      expect(report?.refusedBy).toMatchObject([{ example: { detail } }])
    }
  }

  it('refuses rows that refer to an id that is neither in the file nor in the registry', async () => {
    const mapping = mappingOf(newScheme()).replace('each: amends', 'each: {from: amends, split: ";"}')
    const csv = ['id,title,amends', '1,First,3', '2,Second,', '3,Third,absent', '4,Fourth,2;3', ''].join('\n')
    // The row with the id 3 is refused, and so are the rows that refer to it.
    await expectRefused(
      mapping,
      csv,
      3,
      expect.stringMatching(/^no record of agreements has this external id/),
    )
  })

  it('accepts rows that refer to rows far away, even by another id that these rows have', async () => {
    const scheme = newScheme()
    const mapping = `
scheme: ${scheme}
records:
  agreements:
    id: id
    properties:
      title: title
      kind: =treaty
      externalIds: {scheme: =${scheme}-other, id: other}
      relations: {agreement: {from: amends, by: id, scheme: ${scheme}-other}, kind: =amends}
`
    const rows = numbers(1020).map((number) => `${number},Title,o${number},o${(number + 510) % 1020}`)
    const csv = ['id,title,other,amends', ...rows, ''].join('\n')
    for (const run of [checkCsv, importCsv])
      expect(await run(api.database, mapping, csv)).toMatchObject({ counts: { created: 1020, refused: 0 } })
  })

  it('refuses rows that refer to a key that no record has', async () => {
    const mapping = `{scheme: ${newScheme()}, records: {agreements: {id: id, properties: {title: title, kind: =treaty,
      parties: {country: {from: party, by: key}, role: =party}}}}}`
    await expectRefused(
      mapping,
      'id,title,party\n1,First,CHN\n2,Second,ZZZ\n',
      1,
      'there is no "ZZZ" in countries',
    )
  })

  it('refuses rows with the external id of another record', async () => {
    const other = newScheme()
    const mappingTo = (scheme: string) =>
      `{scheme: ${scheme}, records: {agreements: {id: id, properties: {title: title, kind: =treaty,
        externalIds: {scheme: =${other}, id: other}}}}}`
    await importCsv(api.database, mappingTo(newScheme()), 'id,title,other\n1,First,o1\n')
    const taken = expect.stringMatching(/^is already the id of \/v1\/agreements\//)
    await expectRefused(mappingTo(newScheme()), 'id,title,other\n2,Second,o1\n', 1, taken)
  })

  describe('of rows that refer to a row that the registry refuses', () => {
    /**
     * Returns a mapping that gives rows with the title `Rival` an external id that another record already has, so that the
     * registry refuses them.
     */
    async function makeRivalMapping(onBadValue = 'refuse', more = '') {
      const other = newScheme()
      await importCsv(
        api.database,
        `{scheme: ${newScheme()}, records: {agreements: {id: id, properties: {title: id, kind: =treaty,
          externalIds: {scheme: =${other}, id: other}}}}}`,
        'id,other\n1,Rival\n',
      )
      return `
scheme: ${newScheme()}
onBadValue: ${onBadValue}
records:
  agreements:
    - id: id
      properties:
        title: title
        kind: =treaty
        externalIds: {scheme: =${other}, id: title}
        relations: {agreement: {from: amends, by: id}, kind: =amends}
${more}`
    }

    const chain = 'id,title,amends\n1,Third,2\n2,Second,3\n3,Rival,\n4,Fourth,\n'

    const dryRunAndCommit = async (mapping: string, csv: string) => {
      const checked = await checkCsv(api.database, mapping, csv)
      return { checked, committed: await commit(api, checked.id) }
    }

    it('refuses them like a commit', async () => {
      const { checked, committed } = await dryRunAndCommit(await makeRivalMapping(), chain)
      expect(checked.counts).toMatchObject({ created: 1, refused: 3 })
      expect(committed.counts).toEqual(checked.counts)
    })

    it('accepts them without the reference if bad values are dropped', async () => {
      const { checked, committed } = await dryRunAndCommit(await makeRivalMapping('drop'), chain)
      expect(checked.counts).toMatchObject({ created: 3, refused: 1 })
      expect(committed.counts).toEqual(checked.counts)
    })

    it("counts none of a row's records if one of them is refused", async () => {
      const second = "    - {id: {template: '{id}-2'}, properties: {title: title, kind: =treaty}}"
      const csv = 'id,title,amends\n1,Rival,\n2,Second,\n'
      const { checked, committed } = await dryRunAndCommit(await makeRivalMapping('refuse', second), csv)
      expect(checked.counts).toMatchObject({ created: 2, refused: 1 })
      expect(committed.counts).toEqual(checked.counts)
    })
  })
})

it('a row that is refused for a name has no fault about a reference to its own record', async () => {
  const mapping = `{scheme: ${newScheme()}, records: {
    organizations: {id: oid, properties: {name: org, kind: =academic, country: country}},
    projects: {id: pid, properties: {title: org, kind: =joint_research,
      participants: [{organization: {from: oid, by: id}, role: =participant}]}}}}`
  const { report } = await checkCsv(api.database, mapping, 'oid,org,country,pid\nO1,Own,Chinna,P1\n')
  expect(report?.refusedBy).toMatchObject([{ column: 'country', rows: 1 }])
  expect(report?.refusedBy).toHaveLength(1)
})
