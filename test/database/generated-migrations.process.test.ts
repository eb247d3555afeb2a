import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { asAdministrator, openService, type Service } from '../faults/service.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { waitForFeed } from '../support/feed.ts'
import { generateMigration, makeLaterVersion, type Replacement } from '../support/service-version.ts'

// Each test starts several Node.js processes, which is slow on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const projects = 'src/resources/projects.ts'
const summary = "summary: field.prose('Summary.', { weight: 'B' }),"

const facilities: Replacement[] = [
  {
    file: 'src/resources/index.ts',
    from: '// Every resource',
    to: `import * as field from '../model/fields/builders.ts'
import { defineResource } from '../model/resource.ts'

export const facilities = defineResource(
  'facilities',
  {
    name: field.title('Name.'),
    openedOn: field.edtf('When it opened.'),
    participants: field.participants('FacilityParticipant', ['host', 'user']),
    topics: field.topics(),
    agreements: field.references('agreements', 'Agreements that led to it.'),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Facility',
    plural: 'Facilities',
    noun: 'facility',
    label: { en: 'Facilities', zh: '设施' },
    description: 'A research facility that several countries use.',
    search: { title: 'name', prose: [] },
    eventDates: ['openedOn'],
    example: { name: 'Spallation source', participants: [{ country: 'CHN', role: 'host' }] },
  },
)

// Every resource`,
  },
]

let database: TestDatabase
beforeEach(async () => {
  database = await openTestDatabase()
})
afterEach(() => database.close())

/** Makes a later version of the service, which is removed at the end of the test. */
async function laterVersion(replacements: Replacement[]) {
  const version = await makeLaterVersion(replacements)
  onTestFinished(version.remove)
  return version
}

/** Opens a service without a response cache, so that it reads what another process has just written. */
const open = (folder?: string): Promise<Service> =>
  openService(database.url, { CACHE_MB: '0' }, folder === undefined ? {} : { folder })

/** Sends a request that must succeed. */
async function request({ origin }: Service, path: string, init?: RequestInit) {
  const response = await fetch(origin + path, init)
  const text = await response.text()
  expect(response.ok, `${path}: ${response.status} ${text}`).toBe(true)
  return JSON.parse(text)
}

const create = (service: Service, resource: string, record: object) =>
  request(service, `/v1/${resource}`, {
    method: 'POST',
    headers: asAdministrator,
    body: JSON.stringify(record),
  })

interface Case {
  what: string
  replacements: Replacement[]
  resource: string
  /** A record that only the later version can write. */
  record: object
  /** Filters of the later version that find this record. */
  filters: string[]
}

const project = { title: 'Observatory of both versions', kind: 'observatory' }

const cases: Case[] = [
  {
    what: 'a date, an enumeration, a searched text and a role',
    replacements: [
      {
        file: projects,
        from: summary,
        to: `suspendedOn: field.edtf('When it was suspended.'),
          openness: field.enumeration(['open', 'drop'], 'Who may use the results.'),
          risks: field.prose('Risks.', { weight: 'B' }),
          ${summary}`,
      },
      {
        file: 'src/model/vocabularies.ts',
        from: "['lead', 'Lead', '牵头方'],",
        to: "['lead', 'Lead', '牵头方'], 'auditor',",
      },
    ],
    resource: 'projects',
    record: {
      ...project,
      suspendedOn: '2031-05',
      openness: 'drop',
      risks: 'Unprecedented sandstorms.',
      participants: [{ country: 'CHN', role: 'auditor' }],
    },
    filters: ['suspendedOn=2031-05', 'openness=drop', 'q=sandstorms', 'role=auditor'],
  },
  {
    what: 'a resource',
    replacements: facilities,
    resource: 'facilities',
    record: {
      name: 'Spallation source',
      openedOn: '2031',
      participants: [{ country: 'CHN', role: 'host' }],
      externalIds: [{ scheme: 'test', id: 'both-versions' }],
    },
    filters: ['openedOn=2031', 'country=CHN'],
  },
]

describe('a migration generated with --expand', () => {
  it.each(cases.map((added) => [added.what, added] as const))(
    'adds %s, and the former version works',
    async (_what, { replacements, resource, record, filters }) => {
      const former = await open()
      const later = await laterVersion(replacements)
      expect(await generateMigration(later, ['--name', 'added', '--expand'])).toMatchObject({ code: 0 })
      const newer = await open(later.folder)
      const { id } = await create(newer, resource, record)
      for (const filter of filters)
        expect(await request(newer, `/v1/${resource}?${filter}`)).toMatchObject({ data: [{ id }] })
      await waitForFeed(database)
      const useFormer = async () => {
        expect((await fetch(`${former.origin}/readyz`)).status).toBe(200)
        const written = await create(former, 'projects', { ...project, startsOn: '2030' })
        const found = await request(newer, `/v1/projects/${written.id}`)
        expect(found).toMatchObject(written)
        await request(former, '/v1/projects?q=observatory&sort=startsOn')
        await request(former, '/v1/projects/aggregate?groupBy=kind')
        await request(former, '/v1/search?q=spallation')
        const changes = await request(former, '/v1/changes?limit=5&order=desc')
        expect(changes.data).toContainEqual(expect.objectContaining({ resource, key: id }))
        const briefing = await request(former, '/v1/countries/CHN/briefing')
        expect(briefing.changes.data).toContainEqual(expect.objectContaining({ resource, key: id }))
      }
      await useFormer()
      await former.stop()
      await former.start()
      await useFormer()
    },
  )
})

/** A renamed resource and a renamed property, and what the command says. */
const renamings: [string, Replacement, RegExp][] = [
  [
    'a resource',
    { file: 'src/resources/figures.ts', from: "'figures'", to: "'statistics'" },
    /No longer declared: figures\. New: statistics\. If the migration that creates the table figures is not released, undo it/,
  ],
  [
    'a property',
    { file: 'src/resources/organizations.ts', from: 'website:', to: 'homepage:' },
    /run the command with --rename organizations\.website=homepage\. .* in a terminal/,
  ],
]

it.each(renamings)(
  'the command says what to do if %s is renamed and there is no terminal',
  async (_what, replacement, message) => {
    const version = await laterVersion([replacement])
    const { code, printed } = await generateMigration(version, ['--check'])
    expect(printed).toMatch(message)
    expect({ code, lines: printed.trim().split('\n').length }).toEqual({ code: 1, lines: 1 })
  },
)

it.each([
  [
    '--contract names an unknown migration',
    ['--contract', '0007_misspelt'],
    /^--contract: there is no migration 0007_misspelt\. Give a whole name, .*\n$/,
  ],
  [
    '--rename and --expand are given together',
    ['--rename', 'projects.summary=abstract', '--expand'],
    /^--rename and --expand exclude each other: .*\n$/,
  ],
])('the command writes no file if %s', async (_what, args, message) => {
  const to = `suspendedOn: field.edtf('When it was suspended.'), ${summary}`
  const version = await laterVersion([{ file: projects, from: summary, to }])
  const listFiles = () => readdir(join(version.folder, 'migrations'), { recursive: true })
  const before = await listFiles()
  const refused = await generateMigration(version, ['--name', 'added', ...args])
  expect(refused).toEqual({ code: 1, printed: expect.stringMatching(message) })
  expect(await listFiles()).toEqual(before)
})
