import type { Database, Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { RecordKey } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { PlannedChange } from '../../operations/bulk/plan.ts'
import { writeEach } from '../../operations/bulk/write-each.ts'
import { findAllMergedInto } from '../../operations/merged.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { acquireAdvisoryLocks, lockRecords } from '../../operations/writing/locks.ts'
import { findReferrers } from '../../operations/writing/referrers.ts'
import { noHash } from '../../operations/writing/value-hash.ts'
import { type ImportReport, type KeptRecord, withoutKept } from './job-schemas.ts'
import { addKept, withStoredFaults } from './report.ts'
import { type ImportJob, storeProgress } from './store.ts'
import { type Entry, findRemaining, planUndo, reasonOf, type UndoPlan } from './undo-plan.ts'
import { maxRecordsTogether } from './waiting.ts'

/** Undoes an import in batches: reverts its writes, except values that others have changed since. */

/** Number of entries that a transaction reads; each may have a citation. `withReferrers` may add further entries. */
const batchSize = 200

/** A sequence number above all others. */
const aboveAll = '9223372036854775807'

const entryColumns = `sequence, resource, key, action, version_before "versionBefore", version_after "versionAfter", properties, citation`

/** Reads the last entries before a sequence number that are not yet undone. Entries are undone in reverse order. */
function readEntries(tx: Transaction, id: string, before: string): Promise<Entry[]> {
  return tx.query<Entry>({
    text: `select ${entryColumns} from import_records
      where import = $1 and not undone and sequence < $2 order by sequence desc limit $3`,
    values: [id, before, batchSize],
  })
}

/** Finds the records that refer to the created records of the entries. */
async function findEntryReferrers(tx: Transaction, registry: Registry, entries: readonly Entry[]) {
  const referrers: RecordKey[] = []
  for (const resource of registry.resources) {
    const created = entries.filter((entry) => entry.resource === resource.name && entry.action === 'create')
    const keys = created.map(({ key }) => key)
    const found = await findReferrers(tx, resource, keys, { limit: maxRecordsTogether })
    referrers.push(...[...found.values()].flat())
  }
  return referrers
}

/**
 * Adds the entries of all created records that refer, directly or not, to the created records of the given entries: records
 * that refer to one another can only be removed together.
 */
async function withReferrers(tx: Transaction, registry: Registry, id: string, entries: readonly Entry[]) {
  const all = new Map(entries.map((entry) => [entry.sequence, entry]))
  // Stops when there are as many entries as a full batch and a group of the maximum size have.
  for (let added = entries; added.length > 0 && all.size < maxRecordsTogether + batchSize; ) {
    const referrers = await findEntryReferrers(tx, registry, added)
    const found = await tx.query<Entry>({
      text: `select distinct on (sequence) ${entryColumns} from import_records
        join unnest($2::text[], $3::text[]) as referrer(resource, key) using (resource, key)
        where import = $1 and not undone and action = 'create'`,
      values: [id, referrers.map(({ resource }) => resource), referrers.map(({ key }) => key)],
    })
    added = found.filter(({ sequence }) => !all.has(sequence))
    for (const entry of added) all.set(entry.sequence, entry)
  }
  return [...all.values()]
}

/** Reads the documents of revisions. @returns a function from a key and a version to the document. */
async function readRevisions(
  tx: Transaction,
  resource: Resource,
  wanted: { key: string; version: number }[],
) {
  const rows = await tx.query<{ key: string; version: number; document: Document }>({
    text: `select revisions.key, revisions.version, document from revisions
      join unnest($2::text[], $3::int[]) as given(key, version)
        on revisions.key = given.key and revisions.version = given.version
      where resource = $1`,
    values: [resource.name, wanted.map(({ key }) => key), wanted.map(({ version }) => version)],
  })
  const documents = new Map(rows.map(({ key, version, document }) => [`${key} ${version}`, document]))
  return (key: string, version: number | null): Document | undefined => documents.get(`${key} ${version}`)
}

/**
 * What happens if PostgreSQL refuses to undo an entry, mostly because a record of another entry refers to its record: the entry
 * waits for a later pass, or the record is kept and reported.
 */
type OnRefused = 'wait' | 'keep'

/** Undoes a batch of entries in one transaction. */
class UndoBatch {
  readonly #tx: Transaction
  readonly #registry: Registry
  readonly #authorship: Authorship
  readonly #onRefused: OnRefused
  /** The entries that wait for a later pass. */
  readonly waiting = new Set<Entry>()
  readonly kept: KeptRecord[] = []
  /** The hashes of imported values that changed records still have (`findRemaining`). */
  readonly remaining = new Map<Entry, Record<string, string>>()

  constructor(tx: Transaction, registry: Registry, authorship: Authorship, onRefused: OnRefused) {
    this.#tx = tx
    this.#registry = registry
    this.#authorship = authorship
    this.#onRefused = onRefused
  }

  /**
   * Undoes entries. Also removes the citation of an entry that waits. A citation that is kept is reported only when its entry no
   * longer waits.
   */
  async undo(entries: Entry[]): Promise<void> {
    const citations = entries.flatMap(({ citation: key }) => (key ? [{ resource: 'citations', key }] : []))
    await acquireAdvisoryLocks(this.#tx, [...entries, ...citations])
    const keptCitations = await this.#removeCitations(entries)
    // A resource comes before the resources to which it refers.
    for (const resource of [...this.#registry.resources].reverse()) {
      const changed = entries.filter((entry) => entry.resource === resource.name && entry.action !== 'none')
      if (changed.length > 0) await this.#undoResource(resource, changed)
    }
    for (const entry of entries) {
      const reason = this.waiting.has(entry) ? undefined : keptCitations.get(entry.citation ?? '')
      if (reason !== undefined) this.#keep('citations', entry.citation ?? '', reason)
    }
  }

  #keep(resource: string, key: string, reason: string): void {
    this.kept.push({ resource, key, reason })
  }

  /** Removes the citations that the import created, except those that others have changed. @returns why it keeps the others. */
  async #removeCitations(entries: Entry[]): Promise<Map<string, string>> {
    const keys = entries.flatMap(({ citation }) => citation ?? [])
    if (keys.length === 0) return new Map()
    const resource = this.#registry.get('citations')
    const locked = [...(await lockRecords(this.#tx, resource, keys)).values()]
    const changes = locked.flatMap((citation, index): PlannedChange[] =>
      citation.version === 1 ? [{ index, kind: 'remove', locked: citation }] : [],
    )
    const refused = await this.#write(resource, changes)
    return new Map(
      locked.flatMap(({ key, version }, index) => {
        const reason = version === 1 ? refused.get(index) : 'was changed since'
        return reason === undefined ? [] : [[key, reason] as const]
      }),
    )
  }

  async #undoResource(resource: Resource, entries: Entry[]): Promise<void> {
    const locked = await lockRecords(
      this.#tx,
      resource,
      entries.map(({ key }) => key),
    )
    const gone = entries.filter(({ key }) => !locked.has(key))
    const mergedInto = await findAllMergedInto(this.#tx, this.#registry, gone)
    const revision = await readRevisions(
      this.#tx,
      resource,
      entries.flatMap(({ key, action, versionBefore, versionAfter }) => {
        if (action === 'create' && locked.get(key)?.version === versionAfter) return []
        const before = versionBefore === null ? [] : [{ key, version: versionBefore }]
        return [...before, { key, version: versionAfter }]
      }),
    )
    const plans = entries.map((entry, index): UndoPlan => {
      const record = locked.get(entry.key)
      if (record) return planUndo(resource, entry, record, revision, index)
      const into = mergedInto(entry)
      return into === undefined ? {} : { reason: `was merged into ${into}` }
    })
    const refused = await this.#write(
      resource,
      plans.flatMap(({ change }) => change ?? []),
    )
    for (const [index, entry] of entries.entries()) {
      const refusal = refused.get(index)
      const { change, values } = plans[index] ?? {}
      if (values)
        this.remaining.set(entry, findRemaining(entry, values, change !== undefined && refusal === undefined))
      // A refusal keeps the whole record, also the properties that others have not changed.
      const reason = refusal ?? plans[index]?.reason
      if (refusal !== undefined && this.#onRefused === 'wait') this.waiting.add(entry)
      else if (reason !== undefined) this.#keep(resource.name, entry.key, reason)
    }
  }

  /** Writes changes. @returns why PostgreSQL refuses some of them, by index. */
  async #write(resource: Resource, changes: PlannedChange[]): Promise<Map<number, string>> {
    const { refused } = await writeEach(this.#tx, resource, changes, this.#authorship)
    return new Map([...refused].map(([index, problem]) => [index, reasonOf(problem)]))
  }
}

/**
 * SQL that marks entries as undone ($1), and updates the hashes of other imports, so that no value of the undone import, and no value
 * that the undo has restored, seems to be edited by others. $2 has the hashes of `findRemaining`, or null for a record without them.
 * They replace the hashes of the undone entry, and are added to the last import before. Later imports that found the same values
 * have entries without a change (`none`), which are no obstacle to an undo. In these entries, the hashes of restored values replace
 * those of the undone values. Values that had no hash before lose theirs.
 */
const markUndone = `with given as (
    select import, sequence, resource, key, scheme, properties, remaining
    from unnest($1::bigint[], $2::jsonb[]) as given(sequence, remaining) join import_records using (sequence)
  ),
  marked as (
    update import_records set undone = true, properties = coalesce(given.remaining::json, import_records.properties)
    from given where import_records.sequence = given.sequence
  ),
  found as (
    select given.*, earlier.sequence as "earlierSequence", earlier.properties as "earlierProperties", (
        select coalesce(jsonb_object_agg(name, hash), '{}') from jsonb_each_text(remaining) as hashes(name, hash)
        where hash <> '${noHash}' or earlier.properties ->> name is null
      ) as moving
    from given left join lateral (
      select sequence, properties from import_records where resource = given.resource and key = given.key
        and scheme = given.scheme and sequence < given.sequence and import <> given.import and not undone
      order by sequence desc limit 1
    ) earlier on true
    where remaining is not null
  ),
  moved as (
    update import_records set properties = (import_records.properties::jsonb || found.moving)::json
    from found where import_records.sequence = found."earlierSequence" and moving <> '{}'
  )
  update import_records later set properties = (
    select coalesce(json_object_agg(name, remaining), '{}') from (
      select name, case when hash = found.properties ->> name and not found.moving ? name
        then found."earlierProperties" ->> name else hash end as remaining
      from json_each_text(later.properties) as hashes(name, hash)
    ) as all_hashes where remaining is not null
  )
  from found
  where later.resource = found.resource and later.key = found.key and later.scheme = found.scheme
    and later.sequence > found.sequence and later.import <> found.import and later.action = 'none' and not later.undone`

/** Returns the report of an undo at its start: `kept` is empty, unless an earlier process has undone a part. */
async function readReport(database: Database, { id, report }: ImportJob): Promise<ImportReport> {
  const [row] = await database.read<{ hasUndone: boolean }>({
    text: 'select exists (select from import_records where import = $1 and undone) as "hasUndone"',
    values: [id],
  })
  return row?.hasUndone && report ? report : withoutKept(report)
}

/** The result of one transaction of an undo. */
interface UndoneBatch {
  job: ImportJob
  /** The sequence number of the last entry that was read; undefined if there was none. */
  last: string | undefined
  /** Number of entries that wait for a later pass. */
  waiting: number
}

/**
 * Undoes the next entries of an import (`readEntries`), and stores the progress.
 * @param before the sequence number of the last entry that was read before.
 */
async function undoNext(
  tx: Transaction,
  registry: Registry,
  job: ImportJob,
  { before, onRefused, authorship }: { before: string; onRefused: OnRefused; authorship: Authorship },
): Promise<UndoneBatch> {
  const read = await readEntries(tx, job.id, before)
  const entries = onRefused === 'keep' ? await withReferrers(tx, registry, job.id, read) : read
  const undo = new UndoBatch(tx, registry, authorship, onRefused)
  await undo.undo(entries)
  const { kept, waiting } = undo
  const undone = entries.filter((entry) => !waiting.has(entry))
  const remaining = undone.map((entry) => {
    const hashes = undo.remaining.get(entry)
    return hashes === undefined ? null : JSON.stringify(hashes)
  })
  await tx.query({ text: markUndone, values: [undone.map(({ sequence }) => sequence), remaining] })
  const report = addKept(job.report, kept, (job.report?.keptCount ?? 0) + kept.length)
  const next = await storeProgress(tx, job, {
    report: await withStoredFaults(tx, job.id, report),
    doneThrough: job.doneThrough + undone.length,
  })
  return { job: next, last: read.at(-1)?.sequence, waiting: waiting.size }
}

/**
 * Undoes an import: removes the records that it created, and restores the earlier values of the others. Keeps later changes
 * by others. The undo continues where an earlier process stopped. Each transaction also stores the progress of the undo
 * (`doneThrough`) and its report.
 * @param onProgress gets the number of entries that have been undone so far.
 * @returns the import as it is then stored. Its report lists the records that could not be fully reverted.
 * @throws TakenOver if another process has changed the import, or the reason of `signal`. What was undone before stays undone.
 */
export async function undoImport(
  database: Database,
  registry: Registry,
  job: ImportJob,
  {
    authorship,
    signal,
    onProgress,
  }: { authorship: Authorship; signal: AbortSignal; onProgress: (records: number) => void },
): Promise<ImportJob> {
  let current: ImportJob = { ...job, report: await readReport(database, job) }
  /** Undoes the entries that are not yet undone. @returns the number of those that wait for the next pass. */
  const makePass = async (onRefused: OnRefused): Promise<number> => {
    let waiting = 0
    for (let before = aboveAll; ; ) {
      signal.throwIfAborted()
      const batch = await database.transaction((tx) =>
        undoNext(tx, registry, current, { before, onRefused, authorship }),
      )
      current = batch.job
      if (batch.last === undefined) return waiting
      before = batch.last
      waiting += batch.waiting
      onProgress(current.doneThrough)
    }
  }
  // A record to which a record of a later batch refers is removed in a later pass.
  let waiting = await makePass('wait')
  for (let previousWaiting = Number.POSITIVE_INFINITY; waiting > 0; ) {
    const onRefused = waiting < previousWaiting ? 'wait' : 'keep'
    previousWaiting = waiting
    waiting = await makePass(onRefused)
  }
  return current
}
