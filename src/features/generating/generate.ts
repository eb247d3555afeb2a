import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { inClientTransaction } from '../../database/client-transaction.ts'
import type { Database } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { getDatabaseError } from '../../database/errors.ts'
import { vacuumAnalyze } from '../../database/vacuum.ts'
import { rfc3339 } from '../../model/document.ts'
import { organizationKinds, sourceKinds } from '../../model/vocabularies.ts'
import { OperationalError } from '../../operational-error.ts'
import { markAsService } from '../../operations/writing/locks.ts'
import { registry } from '../../resources/registry.ts'
import { addAgreement } from './agreements.ts'
import { Batch } from './batch.ts'
import { randomDateIn, randomYear } from './dates.ts'
import type { GeneratorState } from './generator-state.ts'
import { createIdGenerator } from './id-generator.ts'
import { withIndexesRebuilt } from './indexes.ts'
import { addBase, addProgram, addProject } from './projects-bases-programs.ts'
import { createRandom } from './random.ts'
import { readReferenceData } from './reference-data.ts'

/** Number of agreements that are held in memory before they are written. */
const batchSize = 1000

/** Number of agreements for each record of another resource. */
const agreementsPer = { organization: 100, project: 10, base: 50, program: 20 } as const

const maxOrganizations = 20_000
const sourceCount = 50

function addOrganizations(state: GeneratorState, count: number): void {
  const { random, referenceData } = state
  for (let number = 0; number < count; number++) {
    const country = random.pickZipf(referenceData.countries)
    const topic = random.pick(referenceData.topics)
    state.organizationIds.push(
      state.add('organizations', {
        name: `${country.name} institute of ${topic.name.toLowerCase()}, no. ${number}`,
        kind: random.pick(organizationKinds),
        country: country.code,
      }),
    )
  }
}

function addSources(state: GeneratorState): void {
  const { random } = state
  for (let number = 0; number < sourceCount; number++) {
    state.sourceIds.push(
      state.add('sources', {
        title: `Generated source, no. ${number}`,
        kind: random.pick(sourceKinds),
        publishedOn: randomDateIn(randomYear(random), random),
      }),
    )
  }
}

function addBatch(state: GeneratorState, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    addAgreement(state, number)
    if (number % agreementsPer.project === 0) addProject(state, number / agreementsPer.project)
    if (number % agreementsPer.base === 0) addBase(state, number / agreementsPer.base)
    if (number % agreementsPer.program === 0) addProgram(state, number / agreementsPer.program)
  }
}

/** Tells triggers that the service is the writer. @returns the time of the transaction's changes. */
async function startWriting(client: pg.ClientBase): Promise<string> {
  const { text } = compileSql(sql`select ${rfc3339(sql`change_time()`)} as time, ${markAsService}`)
  const { rows } = await client.query<{ time: string }>(text)
  const [row] = rows
  if (!row) throw new Error('the start of a write returned no row')
  return row.time
}

async function writeAll(client: pg.ClientBase, count: number, seed: number): Promise<void> {
  // Indexes cannot be built while deferred constraint checks are pending.
  await client.query('set constraints all immediate')
  // PostgreSQL plans foreign key checks once, while tables are small: by sequential scans, which get slow as tables grow.
  await client.query('set local enable_seqscan = off')
  const time = await startWriting(client)
  const random = createRandom(seed)
  const nextId = createIdGenerator(random)
  let batch = new Batch(registry, time)
  const state: GeneratorState = {
    seed,
    random,
    referenceData: await readReferenceData(client),
    organizationIds: [],
    sourceIds: [],
    recentAgreementIds: [],
    add: (resource, document) => {
      const id = nextId()
      batch.add(resource, id, document)
      return id
    },
  }
  addSources(state)
  addOrganizations(state, Math.min(maxOrganizations, Math.ceil(count / agreementsPer.organization)))
  for (let from = 0; from < count; from += batchSize) {
    addBatch(state, from, Math.min(count, from + batchSize))
    await batch.write(client)
    batch = new Batch(registry, time)
  }
}

/**
 * Converts a unique violation, which a second record with the same id causes, to an OperationalError. Returns other errors
 * unchanged.
 */
function toOperationalError(error: unknown, seed: number): unknown {
  if (getDatabaseError(error)?.code !== '23505') return error
  return new OperationalError(`the records of seed ${seed} exist already: use another --seed`)
}

/**
 * Adds made-up agreements and, in proportion, projects, bases, programs, citations and up to 20,000 organizations to a registry
 * that has the reference data. The number of sources is always 50. Each record gets its first revision, and one transaction
 * writes them all. The same count and seed produce the same records.
 * @param count number of agreements.
 * @param seed of the random number generator.
 * @returns a warning if `vacuum analyze` failed after the commit.
 * @throws OperationalError when the reference data is missing, or the records exist already.
 */
export function generate(database: Database, count: number, seed: number): Promise<string | undefined> {
  return database.maintain(async (client) => {
    try {
      await inClientTransaction(client, () => withIndexesRebuilt(client, () => writeAll(client, count, seed)))
    } catch (error) {
      throw toOperationalError(error, seed)
    }
    return vacuumAnalyze(client)
  })
}
