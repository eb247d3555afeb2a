// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { ifMatch } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import {
  checkCsv,
  commit,
  continueImport,
  importCsv,
  importFile,
  importRows,
  newScheme,
  titledMapping,
} from '../../support/imports.ts'
import { create } from '../../support/labelled-records.ts'

/**
 * Imports of a register after two of its records have been merged. The remaining record has the ids of two rows; its own id
 * is the id that it had before the merge.
 */

const api = useTestApi()

interface Agreement {
  id: string
  version: number
  title: string
}

const find = (scheme: string, id: string) => findByExternalId<Agreement>(api, 'agreements', `${scheme}:${id}`)

const createOrganization = (name: string) => create(api, 'organizations', { name, kind: 'academic' })

async function merge(from: string, into: string, resource = 'organizations'): Promise<void> {
  const merged = await api.post(`/v1/${resource}/${from}/merge`, { into }, ifMatch('*'))
  expect(merged.status, merged.text).toBe(200)
}

const mergeAgreement = ({ id }: Agreement, into: string) => merge(id, into, 'agreements')

const rows = [
  { id: 'merged', title: 'As in the row merged' },
  { id: 'own', title: 'As in the row own' },
]

/** Imports two rows, and merges the record of the first row into the record of the second. @returns the scheme of their ids. */
async function importAndMerge(): Promise<string> {
  const scheme = newScheme()
  await importRows(api.database, scheme, rows)
  await mergeAgreement(await find(scheme, 'merged'), (await find(scheme, 'own')).id)
  return scheme
}

describe.each(['keep', 'replace'] as const)('an import with onEdited: %s after a merge', (onEdited) => {
  it('leaves the record as it is if the file has not changed, however often it is repeated', async () => {
    const scheme = await importAndMerge()
    const before = await find(scheme, 'own')
    for (let round = 0; round < 2; round += 1) {
      const imported = await importRows(api.database, scheme, rows, { onEdited })
      expect(imported).toMatchObject({
        state: 'committed',
        counts: { changed: 0, unchanged: 2, kept: 1, refused: 0 },
        report: {
          kept: [
            {
              key: before.id,
              reason: expect.stringMatching(/^kept title: .*"own" changes.*"merged" does not$/),
            },
          ],
        },
      })
      expect(await find(scheme, 'own')).toEqual(before)
    }
  })

  it('changes the record only according to the row with its own id, in either order of the rows', async () => {
    const scheme = await importAndMerge()
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const next = order.map((index) => ({
        id: rows[index]?.id ?? '',
        title: `${rows[index]?.title} ${order}`,
      }))
      const imported = await importRows(api.database, scheme, next, { onEdited })
      expect(imported.counts).toMatchObject({ changed: 1, unchanged: 1, kept: 1 })
      expect((await find(scheme, 'merged')).title).toBe(`As in the row own ${order}`)
    }
  })
})

describe('a file without some ids of a record that remains after a merge', () => {
  it("changes the record according to its row, even without the record's own id", async () => {
    const scheme = await importAndMerge()
    const next = [{ id: 'merged', title: 'Changed in the register' }]
    expect((await importRows(api.database, scheme, next)).counts).toMatchObject({ changed: 1, kept: 0 })
    expect((await find(scheme, 'own')).title).toBe('Changed in the register')
    expect((await importRows(api.database, scheme, next)).counts).toMatchObject({ unchanged: 1, kept: 0 })
  })

  it('changes the record according to another row if `when` leaves out the row with its own id', async () => {
    const scheme = await importAndMerge()
    const next = rows.map((row) => ({ ...row, title: `Changed ${row.id}` }))
    const imported = await importFile(
      api.database,
      `{scheme: ${scheme}, when: {id: {not: own}},
        records: {agreements: {id: id, properties: {title: title, kind: =treaty}}}}`,
      'rows.json',
      JSON.stringify(next),
    )
    expect(imported).toMatchObject({ counts: { changed: 1, skipped: 1, kept: 0 } })
    expect((await find(scheme, 'own')).title).toBe('Changed merged')
  })

  const missingFrom = async (ids: string[]) => {
    const scheme = await importAndMerge()
    const imported = await importRows(api.database, scheme, [{ id: 'other' }, ...ids.map((id) => ({ id }))])
    expect(imported).toMatchObject({ state: 'committed', failure: null })
    return imported.report?.missing
  }

  it('lacks the record, according to the report, only if it has none of the ids', async () => {
    expect(await missingFrom(['own'])).toBe(0)
    expect(await missingFrom(['merged'])).toBe(0)
    expect(await missingFrom([])).toBe(1)
  })

  it('lacks a record into which one of the register was merged, even if no import wrote it', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows)
    const byHand = { title: 'Written by hand', kind: 'treaty' }
    const { id } = (await api.post('/v1/agreements', byHand)).json<{ id: string }>()
    await mergeAgreement(await find(scheme, 'merged'), id)
    const withoutMerged = await importRows(api.database, scheme, [{ id: 'own' }])
    expect(withoutMerged.report?.missing).toBe(1)
    expect((await importRows(api.database, scheme, rows)).report?.missing).toBe(0)
  })
})

describe('a name that means a record which has been merged since', () => {
  const mappingOf = (scheme: string) => `scheme: ${scheme}
rows: {format: csv}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      parties: [{organization: Partner, role: =party}]
`
  const csv = 'Id,Title,Partner\n1,First,The academy of the register\n'

  /** Checks a file in a dry run, and decides that the name in its row means an organization. */
  async function decide(scheme: string) {
    const [key, next, last] = [
      await createOrganization('Academy of the decision'),
      await createOrganization('Academy of the first merge'),
      await createOrganization('Academy of the second merge'),
    ]
    const { id } = await checkCsv(api.database, mappingOf(scheme), csv)
    const decisions = [{ resource: 'organizations', name: 'The academy of the register', key }]
    const decided = await api.put(`/v1/imports/${id}/names`, { decisions })
    expect(decided.status, decided.text).toBe(200)
    expect(await continueImport(api.database, id)).toMatchObject({ counts: { created: 1, refused: 0 } })
    const mergeTwice = async () => {
      await merge(key, next)
      await merge(next, last)
    }
    return { id, last, mergeTwice }
  }

  it('means the record that remains, in the next import of the register', async () => {
    const scheme = newScheme()
    const { last, mergeTwice } = await decide(scheme)
    await mergeTwice()
    const imported = await importCsv(api.database, mappingOf(scheme), csv)
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 1, refused: 0 } })
    expect(await find(scheme, '1')).toMatchObject({ parties: [{ organization: last }] })
  })

  it('means the record that remains if the merge was between the dry run and the commit', async () => {
    const scheme = newScheme()
    const { id, last, mergeTwice } = await decide(scheme)
    await mergeTwice()
    expect(await commit(api, id)).toMatchObject({ counts: { created: 1, refused: 0 } })
    expect(await find(scheme, '1')).toMatchObject({ parties: [{ organization: last }] })
  })
})

describe('a record whose reference was moved by a merge', () => {
  const mappingOf = (scheme: string) =>
    titledMapping(scheme, {
      resource: 'projects',
      kind: 'other',
      properties: [
        'participants: {each: {from: Funders, split: "|"}, organization: {from: ., create: true}, role: =funder}',
      ],
    })
  const findProject = (scheme: string) =>
    findByExternalId<{ id: string; participants: { organization: string }[] }>(api, 'projects', `${scheme}:1`)
  const fundersOf = async (scheme: string) =>
    (await findProject(scheme)).participants.map(({ organization }) => organization)

  /** Imports a project with one funder, and merges the funder into another organization. @returns the key of the latter. */
  async function importAndMergeFunder(scheme: string): Promise<string> {
    await importCsv(api.database, mappingOf(scheme), `Id,Funders\n1,First fund of ${scheme}\n`)
    const into = await createOrganization(`Joint fund of ${scheme}`)
    const [funder = ''] = await fundersOf(scheme)
    await merge(funder, into)
    expect(await fundersOf(scheme)).toEqual([into])
    return into
  }

  it('gets the values of the next file, since nobody has set this property', async () => {
    const scheme = newScheme()
    const into = await importAndMergeFunder(scheme)
    const csv = `Id,Funders\n1,First fund of ${scheme}|Second fund of ${scheme}\n`
    const next = await importCsv(api.database, mappingOf(scheme), csv)
    expect(next.counts).toMatchObject({ changed: 1, kept: 0 })
    expect(await fundersOf(scheme)).toEqual([into, expect.any(String)])
    const last = await importCsv(api.database, mappingOf(scheme), `Id,Funders\n1,Second fund of ${scheme}\n`)
    expect(last.counts).toMatchObject({ changed: 1, kept: 0 })
    expect(await fundersOf(scheme)).toHaveLength(1)
  })

  it('keeps a value that somebody has set between two merges', async () => {
    const scheme = newScheme()
    const into = await importAndMergeFunder(scheme)
    const { id } = await findProject(scheme)
    const participants = [{ organization: into, role: 'lead' }]
    const edited = await api.patch(`/v1/projects/${id}`, { participants })
    expect(edited.status, edited.text).toBe(200)
    const other = await createOrganization(`Last fund of ${scheme}`)
    await merge(into, other)
    const next = await importCsv(api.database, mappingOf(scheme), `Id,Funders\n1,Second fund of ${scheme}\n`)
    expect(next).toMatchObject({ counts: { kept: 1 }, report: { kept: [{ reason: 'kept participants' }] } })
    expect(await fundersOf(scheme)).toEqual([other])
  })
})

describe('keys of organizations in an import', () => {
  const mappingOf = (scheme: string, key: string) => `scheme: ${scheme}
rows: {format: csv}
records:
  projects:
    id: Id
    properties:
      title: Title
      kind: =other
      participants:
        - {organization: {value: ${key}, by: key}, role: =lead}
        - {each: {from: Funders, split: "|"}, organization: {from: ., by: key}, role: =funder}
`
  const projectOf = (scheme: string, id: string) => findByExternalId(api, 'projects', `${scheme}:${id}`)

  it('mean the record that remains after a merge, in changed, unchanged and new rows', async () => {
    const scheme = newScheme()
    const from = await createOrganization(`Former fund of ${scheme}`)
    const into = await createOrganization(`Remaining fund of ${scheme}`)
    const mapping = mappingOf(scheme, from)
    const header = 'Id,Title,Funders'
    const first = await importCsv(api.database, mapping, `${header}\n1,Old,${from}|${into}\n2,Old,${from}\n`)
    expect(first.counts).toMatchObject({ created: 2, refused: 0 })
    await merge(from, into)
    const csv = `${header}\n1,New,${from}|${into}\n2,Old,${from}\n3,New,${from}\n`
    const next = await importCsv(api.database, mapping, csv)
    expect(next.counts).toMatchObject({ created: 1, changed: 1, unchanged: 1, refused: 0, kept: 0 })
    const participants = [
      { organization: into, role: 'lead' },
      { organization: into, role: 'funder' },
    ]
    for (const id of ['1', '3'])
      expect(await projectOf(scheme, id)).toMatchObject({ title: 'New', participants })
    expect((await importCsv(api.database, mapping, csv)).counts).toMatchObject({ unchanged: 3, kept: 0 })
  })

  it('make the import refuse only their rows if the keys are malformed', async () => {
    const scheme = newScheme()
    const key = await createOrganization(`Fund of ${scheme}`)
    const csv = `Id,Title,Funders\n1,Good,${key}\n2,Bad,no key\n`
    const imported = await importCsv(api.database, mappingOf(scheme, key), csv)
    expect(imported.counts).toMatchObject({ created: 1, refused: 1 })
  })
})

describe('an organization into which another one was merged', () => {
  it('keeps the aliases that it took over', async () => {
    const scheme = newScheme()
    const mapping = `scheme: ${scheme}
rows: {format: csv}
records:
  organizations: {id: Id, properties: {name: Name, kind: =academic, aliases: [{name: Alias}]}}
`
    const [name, former] = [`Academy of ${scheme}`, `Former academy of ${scheme}`]
    await importCsv(api.database, mapping, `Id,Name,Alias\n1,${name},Alias of ${scheme}\n`)
    const { id } = await findByExternalId<{ id: string }>(api, 'organizations', `${scheme}:1`)
    await merge(await createOrganization(former), id)
    const next = await importCsv(api.database, mapping, `Id,Name,Alias\n1,${name},Other alias of ${scheme}\n`)
    expect(next).toMatchObject({ counts: { kept: 1 }, report: { kept: [{ reason: 'kept aliases' }] } })
    const after = await api.get(`/v1/organizations/${id}`)
    expect(after.json()).toMatchObject({ aliases: [{ name: `Alias of ${scheme}` }, { name: former }] })
  })
})
