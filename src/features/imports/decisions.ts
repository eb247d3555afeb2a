import { autocommitReads, type DatabaseClient, type Transaction } from '../../database/database.ts'
import type { Author } from '../../database/tables/revisions.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { quote } from '../../problems/faults.ts'
import { FaultList, Problem } from '../../problems/problem.ts'
import { didYouMean } from '../../problems/suggest.ts'
import { startSlices } from '../../time-slice.ts'
import { groupBy } from '../names/group-by.ts'
import { decisionIdentity, mentionName, withCountry } from './mentions.ts'
import type { Mention } from './types.ts'

/** The decisions of people about names, which apply to all imports of a register. */

/** A decision about a name. */
export interface Decision {
  resource: string
  name: string
  country?: string | null
  /** The scheme of the topic; if `name` is a code, the scheme of this code. */
  scheme?: string | null
  /** The key of the record; null if the name has no record. */
  key: string | null
}

/** Number of keys that one statement looks up. */
const batchSize = 1000

/**
 * Returns the keys without a record in the resource, including malformed ones. The key of a merged record is not absent, since
 * its row stays in `records`.
 */
async function findAbsentKeys(
  tx: Transaction,
  registry: Registry,
  resourceName: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const resource = registry.get(resourceName)
  const wellFormed = keys.filter((key) => resource.key.schema.safeParse(key).success)
  const known = new Set<string>()
  for (let from = 0; from < wellFormed.length; from += batchSize) {
    const rows = await tx.query<{ key: string }>({
      text: 'select key from records where id = any($1::uuid[]) and resource = $2',
      values: [wellFormed.slice(from, from + batchSize).map((key) => recordId(resource, key)), resourceName],
    })
    for (const { key } of rows) known.add(key)
  }
  return new Set(keys.filter((key) => !known.has(key)))
}

/**
 * Checks that the resources and records of decisions exist.
 * @param locate returns where a property of a decision is: a JSON pointer, or a file and a line.
 * @throws Problem `invalid-body` with a fault for each decision about an unknown resource or record.
 */
export async function checkDecisions<T extends Decision>(
  database: DatabaseClient,
  registry: Registry,
  decisions: readonly T[],
  locate: (decision: T, index: number, property: 'resource' | 'key') => string,
): Promise<void> {
  const faults = new FaultList()
  const resourceNames = registry.resources.map(({ name }) => name)
  const absentByResource = new Map<string, ReadonlySet<string>>()
  for (const resourceName of new Set(decisions.map(({ resource }) => resource)))
    if (resourceNames.includes(resourceName)) {
      const keys = decisions.flatMap(({ resource, key }) =>
        resource === resourceName && key !== null ? [key] : [],
      )
      const reads = autocommitReads(database)
      absentByResource.set(resourceName, await findAbsentKeys(reads, registry, resourceName, keys))
    }
  for (const [index, decision] of decisions.entries()) {
    const { resource, key } = decision
    const absentKeys = absentByResource.get(resource)
    if (!absentKeys)
      faults.add(() => ({
        pointer: locate(decision, index, 'resource'),
        code: 'unknown',
        message: `there is no resource "${resource}"${didYouMean(resource, resourceNames)}`,
      }))
    else if (key !== null && absentKeys.has(key))
      faults.add(() => ({
        pointer: locate(decision, index, 'key'),
        code: 'dangling_reference',
        message: `there is no "${key}" in ${resource}`,
      }))
  }
  if (faults.count > 0) throw invalidBody('list of decisions', faults)
}

/** Returns the decision about a name; undefined if there is none. */
export type FindDecision = (mention: Mention) => Decided | undefined

/** What was decided about a name; the key is null if the name has no record, and `absent` if its record is gone. */
type Decided = string | null | typeof absent

/** The decision about a name whose record is gone. */
export const absent = Symbol('absent')

/** Finds the decisions for a register about names, and about their countries. */
export async function findDecisions(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  scheme: string,
  mentions: readonly Mention[],
): Promise<FindDecision> {
  const identityOf = (mention: Mention) => decisionIdentity({ ...mention, name: mentionName(mention) })
  const rows = await database.read<{ identity: string; resource: string; key: string | null }>({
    text: 'select identity, resource, key from import_decisions where scheme = $1 and identity = any($2)',
    values: [scheme, [...new Set(mentions.flatMap(withCountry).map(identityOf))]],
  })
  const decided = new Map<string, Decided>()
  for (const [resource, ofResource] of groupBy(rows, (row) => row.resource)) {
    const keys = ofResource.flatMap(({ key }) => key ?? [])
    const absentKeys = await findAbsentKeys(autocommitReads(database), registry, resource, keys)
    for (const { identity, key } of ofResource)
      decided.set(identity, key !== null && absentKeys.has(key) ? absent : key)
  }
  return (mention) => decided.get(identityOf(mention))
}

/**
 * Lets only one transaction at a time decide about names of a scheme, until it ends, so that it can check the decisions of others
 * before it replaces them. A transaction that also locks rows of imports locks them first.
 */
const lockDecisions = (tx: Transaction, scheme: string) =>
  tx.query({
    text: "select pg_advisory_xact_lock(hashtextextended('decisions about names of ' || $1, 0))",
    values: [scheme],
  })

/**
 * Checks that decisions replace no other decision, except one whose record is gone. The same decision may be made again. Until the
 * transaction ends, nobody else can decide about names of the scheme.
 * @throws Problem `conflict` with a fault for each name about which somebody has decided otherwise: who, and how.
 */
export async function requireUndecided(
  tx: Transaction,
  registry: Registry,
  scheme: string,
  decisions: readonly Decision[],
): Promise<void> {
  await lockDecisions(tx, scheme)
  const identities = decisions.map(decisionIdentity)
  const rows = await tx.query<{ identity: string; key: string | null; actor: Author }>({
    text: 'select identity, key, actor from import_decisions where scheme = $1 and identity = any($2)',
    values: [scheme, identities],
  })
  const stored = new Map(rows.map((row) => [row.identity, row]))
  const faults = new FaultList()
  for (const [index, { resource, name, key }] of decisions.entries()) {
    const other = stored.get(identities[index] ?? '')
    if (!other || other.key === key) continue
    if (other.key !== null && (await findAbsentKeys(tx, registry, resource, [other.key])).size > 0) continue
    const [who, chosen] = [other.actor.name ?? other.actor.id ?? other.actor.kind, other.key]
    const message =
      chosen === null
        ? `${quote(who)} has decided that ${quote(name)} has no record`
        : `${quote(who)} has decided that ${quote(name)} is ${quote(chosen)}`
    faults.add(() => ({ pointer: `/decisions/${index}/key`, code: 'decided', message }))
  }
  if (faults.count === 0) return
  const detail =
    'Others have decided about these names in the meantime. Nothing was stored: read the unresolved names again.'
  throw new Problem('conflict', detail, { errors: faults })
}

/** Stores decisions for all imports of a scheme. A later decision about the same name replaces the earlier one. */
export async function saveDecisions(
  tx: Transaction,
  scheme: string,
  decisions: readonly Decision[],
  actor: Author,
): Promise<void> {
  const pause = startSlices()
  const unique = new Map<string, Decision>()
  for (const decision of decisions) {
    unique.set(decisionIdentity(decision), decision)
    await pause()
  }
  const entries = [...unique]
  if (entries.length === 0) return
  await lockDecisions(tx, scheme)
  await tx.query({
    text: `insert into import_decisions (scheme, identity, resource, name, country, key, actor)
      select $1, given.*, $7::json from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as given
      on conflict (scheme, identity) do update set key = excluded.key, actor = excluded.actor, decided_at = now()`,
    values: [
      scheme,
      entries.map(([identity]) => identity),
      entries.map(([, { resource }]) => resource),
      entries.map(([, { name }]) => name),
      entries.map(([, { country }]) => country ?? null),
      entries.map(([, { key }]) => key),
      actor,
    ],
  })
}
