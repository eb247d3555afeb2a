import type pg from 'pg'
import type { Database } from '../../database/database.ts'
import { databaseErrorOf } from '../../database/errors.ts'
import { agreements } from '../../database/tables/agreements.ts'
import { assistancePrograms } from '../../database/tables/assistance-programs.ts'
import { cooperationBases } from '../../database/tables/cooperation-bases.ts'
import { organizations } from '../../database/tables/organizations.ts'
import { projects } from '../../database/tables/projects.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { sources } from '../../database/tables/sources.ts'
import { organizationTypes, sourceKinds } from '../../database/vocabularies.ts'
import { recordMadeStatement } from '../../query/revisions.ts'
import { resources } from '../../resources/index.ts'
import { StartupError } from '../../startup-error.ts'
import { addBase, addProgram, addProject } from './activities.ts'
import { addAgreement } from './agreements.ts'
import { addRecord } from './cooperation.ts'
import { copyRows } from './copy.ts'
import { dateIn, someYear } from './dates.ts'
import { identitiesFrom } from './ids.ts'
import { withIndexesRebuilt } from './indexes.ts'
import { randomFrom } from './random.ts'
import type { Registry } from './registry.ts'
import { Rows } from './rows.ts'
import { readWorld } from './world.ts'

/** Tables of records, each after the tables that it refers to. */
const recordTables = [sources, organizations, agreements, projects, cooperationBases, assistancePrograms]

/** How many agreements are held in memory before they are written. */
const batchSize = 5000

/** How many agreements there are for one record of each kind. */
const agreementsPer = { organization: 100, project: 10, base: 50, program: 20 } as const

function addOrganizations(registry: Registry, count: number): void {
  const { random, world } = registry
  for (let number = 0; number < count; number++) {
    const country = random.mostlyEarly(world.countries)
    const topic = random.pick(world.topics)
    registry.organizations.push(
      addRecord(registry, organizations, {
        name: `${country.name} institute of ${topic.name.toLowerCase()}, no. ${number}`,
        type: random.pick(organizationTypes),
        country: country.code,
      }),
    )
  }
}

function addSources(registry: Registry): void {
  const { random } = registry
  for (let number = 0; number < 50; number++) {
    registry.sources.push(
      addRecord(registry, sources, {
        title: `Generated source, no. ${number}`,
        kind: random.pick(sourceKinds),
        publishedOn: dateIn(someYear(random), random),
      }),
    )
  }
}

function addBatch(registry: Registry, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    addAgreement(registry, number)
    if (number % agreementsPer.project === 0) addProject(registry, number / agreementsPer.project)
    if (number % agreementsPer.base === 0) addBase(registry, number / agreementsPer.base)
    if (number % agreementsPer.program === 0) addProgram(registry, number / agreementsPer.program)
  }
}

async function write(client: pg.ClientBase, rows: Rows): Promise<void> {
  for (const [table, list] of rows.entries()) await copyRows(client, table, list)
}

async function writeAll(client: pg.ClientBase, count: number, seed: number): Promise<void> {
  const random = randomFrom(seed)
  let rows = new Rows(recordTables)
  const registry: Registry = {
    seed,
    random,
    identities: identitiesFrom(random),
    world: await readWorld(client),
    organizations: [],
    sources: [],
    recent: [],
    add: (table, row) => rows.add(table, row),
  }
  addSources(registry)
  addOrganizations(registry, Math.min(20_000, Math.ceil(count / agreementsPer.organization)))
  for (let from = 0; from < count; from += batchSize) {
    addBatch(registry, from, Math.min(count, from + batchSize))
    await write(client, rows)
    rows = new Rows(recordTables)
  }
}

/** The author in the history of generated records. */
const byGenerator: Authorship = {
  actor: { kind: 'seed', id: null, name: 'entente generate' },
  requestId: null,
  reason: null,
}

/** Writes the first revision of every record, with one statement a resource. */
async function writeHistory(client: pg.ClientBase): Promise<void> {
  for (const resource of resources) await client.query(recordMadeStatement(resource, byGenerator))
}

function explain(error: unknown, seed: number): unknown {
  if (databaseErrorOf(error)?.code !== '23505') return error
  return new StartupError(`what seed ${seed} generates is there already: take another --seed`)
}

/**
 * Adds made-up agreements to a registry that has its reference data and, in proportion, projects, bases, programs,
 * organizations and sources, each with its first revision, in one transaction. The same count and seed make the same
 * records.
 * @param count how many agreements.
 * @param seed any whole number.
 * @throws StartupError when the reference data is missing, or the records are there already.
 */
export async function generate(database: Database, count: number, seed: number): Promise<void> {
  await database.maintain(async (client) => {
    try {
      await client.query('begin')
      await withIndexesRebuilt(client, () => writeAll(client, count, seed))
      // After the indexes are built: it reads the parts of each record through them.
      await writeHistory(client)
      await client.query('commit')
      // Sets the visibility map, which makes counts cheap, and the statistics of the planner.
      await client.query('vacuum analyze')
    } catch (error) {
      throw explain(error, seed)
    }
  })
}
