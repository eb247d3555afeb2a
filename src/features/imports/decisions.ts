import { autocommitReads, type DatabaseClient, type Transaction } from '../../database/database.ts'
import type { Author } from '../../database/tables/revisions.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { quote } from '../../problems/faults.ts'
import { FaultList, Problem } from '../../problems/problem.ts'
import { didYouMean } from '../../problems/suggest.ts'
import { startSlices } from '../../time-slice.ts'
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

/** Number of decisions whose records one statement looks up. */
const batchSize = 1000

/**
 * Finds the records of decisions.
 * @returns a function that tells whether the record of a decision does not exist. A merged record exists, since its row stays in
 *   `records`.
 */
async function findAbsent(
  tx: Transaction,
  registry: Registry,
  decisions: readonly Pick<Decision, 'resource' | 'key'>[],
): Promise<(decision: Pick<Decision, 'resource' | 'key'>) => boolean> {
  const found = new Set<string>()
  for (let from = 0; from < decisions.length; from += batchSize) {
    const ids = decisions.slice(from, from + batchSize).flatMap(({ resource: name, key }) => {
      const resource = registry.find(name)
      return key !== null && resource?.key.schema.safeParse(key).success ? [recordId(resource, key)] : []
    })
    const rows = await tx.query<{ resource: string; key: string }>({
      text: 'select resource, key from records where id = any($1::uuid[])',
      values: [ids],
    })
    for (const { resource, key } of rows) found.add(`${resource} ${key}`)
  }
  return ({ resource, key }) => key !== null && !found.has(`${resource} ${key}`)
}

/** Returns what a decision says about its name, for people. */
const describeChoice = ({ key }: Decision) => (key === null ? 'to have no record' : `to be ${quote(key)}`)

/**
 * Finds decisions that contradict an earlier one of the same list.
 * @returns the first decision about the same name, for each that has another key.
 */
async function findContradicted<T extends Decision>(decisions: readonly T[]): Promise<ReadonlyMap<T, T>> {
  const pause = startSlices()
  const firstByIdentity = new Map<string, T>()
  const contradicted = new Map<T, T>()
  for (const decision of decisions) {
    const identity = decisionIdentity(decision)
    const first = firstByIdentity.get(identity)
    if (!first) firstByIdentity.set(identity, decision)
    else if (first.key !== decision.key) contradicted.set(decision, first)
    await pause()
  }
  return contradicted
}

/**
 * Checks that the resources and records of decisions exist, and that no two of them contradict each other.
 * @param locate returns where a property of a decision is: a JSON pointer, or a file and a line.
 * @throws Problem `invalid-body` with a fault for each decision about an unknown resource or record, and for each that contradicts an
 *   earlier one of the list.
 */
export async function checkDecisions<T extends Decision>(
  database: DatabaseClient,
  registry: Registry,
  decisions: readonly T[],
  locate: (decision: T, index: number, property: 'resource' | 'key') => string,
): Promise<void> {
  const faults = new FaultList()
  const resourceNames = registry.resources.map(({ name }) => name)
  const isAbsent = await findAbsent(autocommitReads(database), registry, decisions)
  const contradicted = await findContradicted(decisions)
  for (const [index, decision] of decisions.entries()) {
    const { resource, key } = decision
    const first = contradicted.get(decision)
    if (!resourceNames.includes(resource))
      faults.add(() => ({
        pointer: locate(decision, index, 'resource'),
        code: 'unknown',
        message: `there is no resource ${quote(resource)}${didYouMean(resource, resourceNames)}`,
      }))
    else if (key !== null && isAbsent(decision))
      faults.add(() => ({
        pointer: locate(decision, index, 'key'),
        code: 'dangling_reference',
        message: `there is no ${quote(key)} in ${resource}`,
      }))
    else if (first)
      faults.add(() => ({
        pointer: locate(decision, index, 'key'),
        code: 'repeated',
        message: `${quote(first.name)} is decided ${describeChoice(first)} and ${describeChoice(decision)}: keep one of these decisions`,
      }))
  }
  if (faults.count > 0) throw invalidBody('list of decisions', faults)
}

/** A stored decision, and who has made it. */
interface StoredDecision {
  identity: string
  resource: string
  key: string | null
  actor: Author
  /** Whether its record no longer exists. */
  isGone: boolean
}

/** Finds the decisions for a register with some identities (`decisionIdentity`). @returns them by their identities. */
async function findStored(
  tx: Transaction,
  registry: Registry,
  scheme: string,
  identities: readonly string[],
): Promise<ReadonlyMap<string, StoredDecision>> {
  const rows = await tx.query<Omit<StoredDecision, 'isGone'>>({
    text: 'select identity, resource, key, actor from import_decisions where scheme = $1 and identity = any($2)',
    values: [scheme, identities],
  })
  const isAbsent = await findAbsent(tx, registry, rows)
  return new Map(rows.map((row) => [row.identity, { ...row, isGone: isAbsent(row) }]))
}

/**
 * Returns the decision about a name: the key of its record, null if it has no record, and `absent` if its record is gone; undefined
 * if there is no decision.
 */
export type FindDecision = (mention: Mention) => string | null | typeof absent | undefined

/** The decision about a name whose record is gone. */
export const absent = Symbol('absent')

/** Finds the decisions for a register about names, and about their countries. @returns a function that looks them up. */
export async function findDecisions(
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  scheme: string,
  mentions: readonly Mention[],
): Promise<FindDecision> {
  const identityOf = (mention: Mention) => decisionIdentity({ ...mention, name: mentionName(mention) })
  const identities = [...new Set(mentions.flatMap(withCountry).map(identityOf))]
  const stored = await findStored(autocommitReads(database), registry, scheme, identities)
  return (mention) => {
    const decision = stored.get(identityOf(mention))
    return decision?.isGone ? absent : decision?.key
  }
}

/**
 * Lets only one transaction at a time decide about names of a scheme, until it ends, so that it can check the decisions of others
 * before it replaces them. A transaction takes this lock before it locks or writes a row: a row lock gives the transaction an id,
 * and the feed of changes waits for the end of each transaction with an id.
 */
export async function lockDecisions(tx: Transaction, scheme: string): Promise<void> {
  await tx.query({
    text: "select pg_advisory_xact_lock(hashtextextended('decisions about names of ' || $1, 0))",
    values: [scheme],
  })
}

/**
 * Checks that decisions replace no other decision, except one whose record is gone. The same decision may be made again. The
 * caller has locked the decisions (`lockDecisions`).
 * @throws Problem `conflict` with a fault for each name that already has another decision: who has made it, and which.
 */
export async function requireUndecided(
  tx: Transaction,
  registry: Registry,
  scheme: string,
  decisions: readonly Decision[],
): Promise<void> {
  const identities = decisions.map(decisionIdentity)
  const stored = await findStored(tx, registry, scheme, identities)
  const faults = new FaultList()
  for (const [index, { name, key }] of decisions.entries()) {
    const other = stored.get(identities[index] ?? '')
    if (!other || other.isGone || other.key === key) continue
    const [who, chosen] = [other.actor.name ?? other.actor.id ?? other.actor.kind, other.key]
    const message =
      chosen === null
        ? `${quote(who)} has decided that ${quote(name)} has no record`
        : `${quote(who)} has decided that ${quote(name)} is ${quote(chosen)}`
    faults.add(() => ({ pointer: `/decisions/${index}/key`, code: 'decided', message }))
  }
  if (faults.count === 0) return
  const detail =
    'These names have been decided in the meantime. Nothing was stored: read the unresolved names again.'
  throw new Problem('conflict', detail, { errors: faults })
}

/**
 * Stores decisions for all imports of a scheme. A later decision about the same name replaces an earlier one that is different. The
 * caller has locked the decisions (`lockDecisions`).
 * @returns the identities of the decisions that were made anew or replaced another one.
 */
export async function saveDecisions(
  tx: Transaction,
  scheme: string,
  decisions: readonly Decision[],
  actor: Author,
): Promise<ReadonlySet<string>> {
  const pause = startSlices()
  const unique = new Map<string, Decision>()
  for (const decision of decisions) {
    unique.set(decisionIdentity(decision), decision)
    await pause()
  }
  const entries = [...unique]
  if (entries.length === 0) return new Set()
  const stored = await tx.query<{ identity: string }>({
    text: `insert into import_decisions (scheme, identity, resource, name, country, key, actor)
      select $1, given.*, $7::json from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as given
      on conflict (scheme, identity) do update set key = excluded.key, actor = excluded.actor, decided_at = now()
        where import_decisions.key is distinct from excluded.key
      returning identity`,
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
  return new Set(stored.map(({ identity }) => identity))
}
