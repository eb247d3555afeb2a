import type { Database, Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import { writeEach } from '../../operations/bulk/write.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { type NameMatch, resolveNamesIn } from '../names/index.ts'
import {
  findOrMakeOrganizations,
  type MentionedOrganization,
  organizationDocument,
} from '../names/organizations.ts'
import { ownEntry, writeEntries } from './entries.ts'
import { mentionName } from './mentions.ts'
import { findCountries, maxCandidates, toQuery } from './names.ts'
import { faultsOf } from './plan.ts'
import type { ImportRecord } from './store.ts'
import type { Mention } from './types.ts'

/** Creates the records of unmatched names if the mapping allows it: organizations and topics. */

const batchSize = 200

interface MadeName {
  identity: string
  mention: Mention
}

/** The result for a name: a record, none, or several among which a person must choose. */
interface Outcome {
  key: string | null
  candidates?: NameMatch[]
}

type Outcomes = Map<string, Outcome>

/** What the batches of an import have in common. */
interface Making {
  registry: Registry
  imported: ImportRecord
  authorship: Authorship
  /** Codes of countries by their names. */
  countries: ReadonlyMap<string, string>
}

/** Returns the slug of a topic that an import makes of a name. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100)

async function setKeys(tx: Transaction, id: string, outcomes: Outcomes): Promise<void> {
  const all = [...outcomes.values()]
  await tx.query({
    text: `update import_names set key = given.key,
        status = case when given.key is not null then status when given.candidates is null then 'unresolved' else 'ambiguous' end,
        candidates = coalesce(given.candidates, import_names.candidates)
      from unnest($2::text[], $3::text[], $4::json[]) as given(identity, key, candidates)
      where import = $1 and import_names.identity = given.identity`,
    values: [
      id,
      [...outcomes.keys()],
      all.map(({ key }) => key),
      all.map(({ candidates }) => (candidates ? JSON.stringify(candidates.slice(0, maxCandidates)) : null)),
    ],
  })
}

/** Notes what the import has made, so that undoing it removes that. A topic that was removed before has a later version. */
const writeMade = (
  tx: Transaction,
  imported: ImportRecord,
  resource: string,
  made: Iterable<{ key: string; version: number }>,
) =>
  writeEntries(
    tx,
    imported,
    [...made].map(({ key, version }) => ownEntry(resource, key, version)),
  )

function toOrganization({ mention }: MadeName, { countries }: Making): MentionedOrganization {
  const { code, scheme } = mention
  return {
    name: mentionName(mention),
    country: countries.get(mention.country ?? ''),
    ...(code !== undefined && scheme === 'ror' && { ror: code }),
    ...(code !== undefined &&
      scheme !== undefined &&
      scheme !== 'ror' && { externalId: { scheme, id: code } }),
  }
}

/** Finds or makes organizations. One without a country is that of the same name in a country, so those come first. */
async function makeOrganizations(tx: Transaction, making: Making, names: MadeName[]): Promise<Outcomes> {
  const { registry, imported, authorship } = making
  const resource = registry.get('organizations')
  const outcomes: Outcomes = new Map()
  const made = new Set<string>()
  const valid = names
    .map((name) => ({ name, organization: toOrganization(name, making) }))
    .filter(({ organization }) => {
      const document = organizationDocument(organization)
      return 'result' in faultsOf(document, () => checkDocument(resource, document))
    })
  for (const hasCountry of [true, false]) {
    const own = valid.filter(({ organization }) => (organization.country !== undefined) === hasCountry)
    const organizations = own.map(({ organization }) => organization)
    const found = await findOrMakeOrganizations(tx, registry, organizations, { kind: 'create', authorship })
    for (const [index, { name }] of own.entries()) {
      const one = found[index]
      if (one?.kind === 'made') made.add(one.key)
      if (one?.kind === 'ambiguous') outcomes.set(name.identity, { key: null, candidates: one.candidates })
      else if (one) outcomes.set(name.identity, { key: one.key })
    }
  }
  await writeMade(
    tx,
    imported,
    resource.name,
    [...made].map((key) => ({ key, version: 1 })),
  )
  return outcomes
}

/** Lets transactions that make topics take turns, so that none is made twice. */
const waitForTurn = (tx: Transaction) =>
  tx.query({ text: "select pg_advisory_xact_lock(hashtextextended('make topics', 0))" })

/** Finds or makes topics. Those that get the same slug are one. */
async function makeTopics(tx: Transaction, making: Making, names: MadeName[]): Promise<Outcomes> {
  const { registry, imported, authorship, countries } = making
  const resource = registry.get('topics')
  if (names.length === 0) return new Map()
  await waitForTurn(tx)
  // An earlier batch or another import may have made it.
  const known = await resolveNamesIn(
    tx,
    registry,
    names.map(({ mention }) => toQuery(mention, countries)),
  )
  const outcomes: Outcomes = new Map()
  const missing = new Map<string, { identities: string[]; document: Document }>()
  for (const [index, { identity, mention }] of names.entries()) {
    const key = known[index]?.match?.key
    if (key !== undefined) outcomes.set(identity, { key })
    else {
      const name = mentionName(mention)
      const document = { slug: slugOf(name), name, scheme: mention.scheme }
      const group = missing.get(document.slug)
      if (group) group.identities.push(identity)
      else missing.set(document.slug, { identities: [identity], document })
    }
  }
  const made = [...missing.values()].flatMap(({ identities, document }) => {
    const checked = faultsOf(document, () => checkDocument(resource, document))
    return 'result' in checked ? [{ identities, document: checked.result }] : []
  })
  const changes = made.map(({ document }, index) => ({ index, kind: 'create' as const, document }))
  const { done } = await writeEach(tx, resource, changes, authorship)
  await writeMade(tx, imported, resource.name, done.values())
  for (const [index, { identities }] of made.entries())
    for (const identity of identities) outcomes.set(identity, { key: done.get(index)?.key ?? null })
  return outcomes
}

/** Makes the records of some names, in one transaction. */
async function makeBatch(
  database: Database,
  making: Omit<Making, 'countries'>,
  names: MadeName[],
): Promise<void> {
  const { registry, imported } = making
  const mentions = names.map(({ mention }) => mention)
  const all: Making = { ...making, countries: await findCountries(database, registry, mentions) }
  const of = (resource: string) => names.filter(({ mention }) => mention.resource === resource)
  await database.transaction(async (tx) => {
    const outcomes: Outcomes = new Map(names.map(({ identity }) => [identity, { key: null }]))
    for (const [identity, outcome] of [
      ...(await makeTopics(tx, all, of('topics'))),
      ...(await makeOrganizations(tx, all, of('organizations'))),
    ])
      outcomes.set(identity, outcome)
    await setKeys(tx, imported.id, outcomes)
  })
}

/** Makes the records of all names of an import that are to be made. Those that cannot be made become unresolved. */
export async function makeNamedRecords(
  database: Database,
  registry: Registry,
  imported: ImportRecord,
  { authorship, signal }: { authorship: Authorship; signal: AbortSignal },
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const names = await database.read<MadeName>({
      text: `select identity, mention from import_names where import = $1 and status = 'made' and key is null
        order by mention ->> 'country' is null, identity limit $2`,
      values: [imported.id, batchSize],
    })
    if (names.length === 0) return
    await makeBatch(database, { registry, imported, authorship }, names)
  }
}
