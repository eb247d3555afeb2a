import { autocommitReads, type Database, type Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { groupBy } from '../../group-by.ts'
import type { Registry } from '../../model/registry.ts'
import { writeEach } from '../../operations/bulk/write-each.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { resolveNamesIn } from '../names/index.ts'
import { findOrCreateOrganizations } from '../names/organizations.ts'
import { findDecisions } from './decisions.ts'
import { entryWithoutRow, writeEntries } from './entries.ts'
import { mentionIdentity, namedMentions, withCountry } from './mentions.ts'
import {
  findCountries,
  findNameResults,
  type MentionedName,
  type ResolvedName,
  storeResolved,
  toQuery,
} from './names.ts'
import { chooseSlugs, isCreatable, newOrganization, newTopic, topicIdentity } from './new-records.ts'
import { resolveName } from './resolver.ts'
import { readStagedRows, takeBatch } from './rows.ts'
import type { ImportJob } from './store.ts'
import type { Mention, OnBadValue } from './types.ts'

/** Creates organizations and topics for names that match no record, if the mapping allows it. */

/** Number of names whose records one transaction creates, and of rows that are read together. */
const batchSize = 200

/** The results of names by their identities. */
type Outcomes = Map<string, Omit<ResolvedName, 'identity'>>

/** The import for which records are created. */
interface CreationContext {
  registry: Registry
  job: ImportJob
  authorship: Authorship
  /** Keys of the countries of a batch, by their names in mentions. */
  countries: ReadonlyMap<string, string>
}

/**
 * Stores entries for created records, so that an undo removes the records. The version of a created topic is above 1 if a
 * topic with its slug was removed earlier.
 */
const writeCreatedEntries = (
  tx: Transaction,
  job: ImportJob,
  resource: string,
  created: Iterable<{ key: string; version: number }>,
) =>
  writeEntries(
    tx,
    job,
    [...created].map(({ key, version }) => entryWithoutRow(resource, key, version)),
  )

/** Finds or creates organizations. Those with a country come first: a name without a country may match one of them. */
async function resolveOrganizations(
  tx: Transaction,
  context: CreationContext,
  names: MentionedName[],
): Promise<Outcomes> {
  const { registry, job, authorship } = context
  const resource = registry.get('organizations')
  const outcomes: Outcomes = new Map()
  const created = new Set<string>()
  const countryOf = ({ country }: Mention) => context.countries.get(country ?? '')
  const valid = names
    .filter(({ mention }) => isCreatable(registry, mention, countryOf(mention)))
    .map((name) => ({ name, organization: newOrganization(name.mention, countryOf(name.mention)) }))
  for (const hasCountry of [true, false]) {
    const group = valid.filter(({ organization }) => (organization.country !== undefined) === hasCountry)
    const organizations = group.map(({ organization }) => organization)
    const found = await findOrCreateOrganizations(tx, registry, organizations, authorship)
    for (const [index, { name }] of group.entries()) {
      const result = found[index]
      if (result?.kind === 'created') created.add(result.key)
      if (result?.kind === 'ambiguous')
        outcomes.set(name.identity, { status: 'ambiguous', key: null, candidates: result.candidates })
      else if (result) outcomes.set(name.identity, { status: 'made', key: result.key })
    }
  }
  await writeCreatedEntries(
    tx,
    job,
    resource.name,
    [...created].map((key) => ({ key, version: 1 })),
  )
  return outcomes
}

/** Serializes transactions that create topics, so that no topic is created twice. */
const lockTopicCreation = (tx: Transaction) =>
  tx.query({ text: "select pg_advisory_xact_lock(hashtextextended('make topics', 0))" })

/** Finds or creates topics. Names of a scheme that differ only in case, accents and punctuation become one topic. */
async function resolveTopics(
  tx: Transaction,
  context: CreationContext,
  names: MentionedName[],
): Promise<Outcomes> {
  const { registry, job, authorship, countries } = context
  const resource = registry.get('topics')
  if (names.length === 0) return new Map()
  await lockTopicCreation(tx)
  // An earlier batch or another import may have created some of the topics.
  const known = await resolveNamesIn(
    tx,
    registry,
    names.map(({ mention }) => toQuery(mention, countries)),
  )
  const outcomes: Outcomes = new Map()
  const missing: MentionedName[] = []
  for (const [index, name] of names.entries()) {
    const { status, match, candidates = [] } = known[index] ?? {}
    if (match) outcomes.set(name.identity, { status: 'made', key: match.key })
    else if (status === 'ambiguous') outcomes.set(name.identity, { status, key: null, candidates })
    else if (isCreatable(registry, name.mention, undefined)) missing.push(name)
  }
  const topics = groupBy(missing, ({ mention }) => topicIdentity(mention))
  const slugs = await chooseSlugs(
    tx,
    registry,
    missing.map(({ mention }) => mention),
  )
  const valid = [...topics].flatMap(([identity, ofTopic]) => {
    const [first] = ofTopic
    if (!first) return []
    const document = newTopic(first.mention, slugs.get(identity) ?? '')
    return [{ names: ofTopic, document: checkDocument(resource, document) }]
  })
  const changes = valid.map(({ document }, index) => ({ index, kind: 'create' as const, document }))
  const { done } = await writeEach(tx, resource, changes, authorship)
  await writeCreatedEntries(tx, job, resource.name, done.values())
  for (const [index, { names: ofTopic }] of valid.entries()) {
    const key = done.get(index)?.key
    if (key !== undefined) for (const { identity } of ofTopic) outcomes.set(identity, { status: 'made', key })
  }
  return outcomes
}

/** Creates the records of some names in one transaction. */
async function createBatch(
  database: Database,
  shared: Omit<CreationContext, 'countries'>,
  names: MentionedName[],
): Promise<void> {
  const { registry, job } = shared
  const mentions = names.map(({ mention }) => mention)
  const findDecision = await findDecisions(database, registry, job.scheme, mentions)
  const countries = await findCountries(database, registry, mentions, findDecision)
  const context: CreationContext = { ...shared, countries }
  const namesOf = (resource: string) => names.filter(({ mention }) => mention.resource === resource)
  await database.transaction(async (tx) => {
    const outcomes: Outcomes = new Map([
      ...(await resolveTopics(tx, context, namesOf('topics'))),
      ...(await resolveOrganizations(tx, context, namesOf('organizations'))),
    ])
    // A record that would be invalid is not created.
    const none = { status: 'unresolved', key: null } as const
    await storeResolved(
      tx,
      job.id,
      names.map(({ identity }) => ({ identity, ...(outcomes.get(identity) ?? none) })),
    )
  })
}

/**
 * Sets the names whose records the commit must create to `needed`. These are the names without a key in rows that are not
 * refused, with the status `made`, which means that the import creates the record. An unresolved name refuses its row, unless its
 * value is dropped. The records of names that only refused rows have are not created, since nothing of a refused row is written.
 */
async function markNeededNames(
  database: Database,
  { id }: ImportJob,
  { onUnresolved, signal }: Pick<CreationOptions, 'onUnresolved' | 'signal'>,
): Promise<void> {
  const reads = autocommitReads(database)
  const made = await reads.query({
    text: "select from import_names where import = $1 and status = 'made' and key is null limit 1",
    values: [id],
  })
  if (made.length === 0) return
  for (let doneThrough = 0; ; ) {
    signal.throwIfAborted()
    const rows = takeBatch(await readStagedRows(reads, { id, state: 'ready', doneThrough }, batchSize))
    const last = rows.at(-1)
    if (!last) return
    doneThrough = last.position
    const mentionsByRow = rows.map(({ drafts }) => namedMentions(drafts))
    const identities = new Set(mentionsByRow.flat().flatMap(withCountry).map(mentionIdentity))
    const names = await findNameResults(reads, id, identities)
    const isRefused = (mention: Mention) => {
      const key = resolveName(mention, names, onUnresolved)
      return typeof key === 'object' && key !== null
    }
    const needed = mentionsByRow
      .filter((mentions) => !mentions.some(isRefused))
      .flatMap((mentions) => mentions.map(mentionIdentity))
      .filter((identity) => names.get(identity)?.status === 'made' && names.get(identity)?.key === null)
    if (needed.length === 0) continue
    await database.transaction((tx) =>
      tx.query({
        text: "update import_names set status = 'needed' where import = $1 and identity = any($2)",
        values: [id, needed],
      }),
    )
  }
}

/** How `createNamedRecords` works. */
export interface CreationOptions {
  authorship: Authorship
  /** How a mention without `onUnresolved` is treated if it matches no record or several. */
  onUnresolved: OnBadValue
  signal: AbortSignal
}

/**
 * Creates a record for each name that needs one (`markNeededNames`), unless such a record has been created in the meantime. A
 * name becomes unresolved if its record would be invalid, and ambiguous if it matches several records.
 * @throws the reason of `signal`, between two batches. The records that were created before stay.
 */
export async function createNamedRecords(
  database: Database,
  registry: Registry,
  job: ImportJob,
  { authorship, onUnresolved, signal }: CreationOptions,
): Promise<void> {
  await markNeededNames(database, job, { onUnresolved, signal })
  for (;;) {
    signal.throwIfAborted()
    const names = await database.read<MentionedName>({
      text: `select identity, mention from import_names where import = $1 and status = 'needed'
        order by mention ->> 'country' is null, identity limit $2`,
      values: [job.id, batchSize],
    })
    if (names.length === 0) return
    await createBatch(database, { registry, job, authorship }, names)
  }
}
