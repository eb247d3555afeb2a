import { isDeepStrictEqual } from 'node:util'
import type { Database, Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { RecordKey } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import type { PlannedChange } from '../../operations/bulk/plan.ts'
import { writeEach } from '../../operations/bulk/write.ts'
import { findMergedKeys } from '../../operations/merged.ts'
import { type Document, documentOf } from '../../operations/writing/documents.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'
import { acquireAdvisoryLocks, type LockedRecord, lockRecords } from '../../operations/writing/locks.ts'
import { findReferrers } from '../../operations/writing/referrers.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { Problem } from '../../problems/problem.ts'
import type { RecordEntry } from './entries.ts'
import { type ImportReport, type KeptRecord, withoutKept } from './job-schemas.ts'
import { addKept, withStoredFaults } from './report.ts'
import { type ImportJob, storeProgress } from './store.ts'
import { maxRecordsTogether } from './waiting.ts'

/** Undoes an import: reverts its writes, except values that others have changed since. */

/** Number of entries that a transaction reads; each may have a citation. `withReferrers` may add further entries. */
const batchSize = 200

/** An entry of the import that is not yet undone. */
interface Entry
  extends Pick<RecordEntry, 'resource' | 'key' | 'action' | 'versionBefore' | 'versionAfter' | 'citation'> {
  sequence: string
}

/** A sequence number above all others. */
const aboveAll = '9223372036854775807'

const entryColumns = `sequence, resource, key, action, version_before "versionBefore", version_after "versionAfter", citation`

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
      text: `select distinct ${entryColumns} from import_records
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

/** Returns the external ids of a record without those that an import added. An import removes none. */
function revertExternalIds(current: Document, before: Document, imported: Document) {
  const keysOf = (document: Document) => new Set(getExternalIds(document).map(externalIdKey))
  const [keysBefore, importedKeys] = [keysOf(before), keysOf(imported)]
  const isAdded = (key: string) => importedKeys.has(key) && !keysBefore.has(key)
  return getExternalIds(current).filter((id) => !isAdded(externalIdKey(id)))
}

/**
 * Reverts the changes that an import made, in the current document of a record: external ids one by one, other properties as a
 * whole.
 * @returns the document, and the properties that others have changed since. They are not reverted.
 */
function revertImport(current: Document, before: Document, imported: Document) {
  const kept: string[] = []
  const document = { ...current }
  for (const name of Object.keys(current)) {
    if (isDeepStrictEqual(before[name], imported[name])) continue
    if (name === 'externalIds') document[name] = revertExternalIds(current, before, imported)
    else if (isDeepStrictEqual(current[name], imported[name])) document[name] = before[name]
    else if (!isDeepStrictEqual(current[name], before[name])) kept.push(name)
  }
  return { document, kept }
}

/** Whether a record has the same values as a revision. Versions are ignored. */
const hasSameValues = (resource: Resource, { document }: LockedRecord, revision: Document): boolean =>
  isDeepStrictEqual(documentOf(resource, JSON.parse(document)), documentOf(resource, revision))

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

  constructor(tx: Transaction, registry: Registry, authorship: Authorship, onRefused: OnRefused) {
    this.#tx = tx
    this.#registry = registry
    this.#authorship = authorship
    this.#onRefused = onRefused
  }

  /** Undoes entries. The citations of an entry that waits are removed, and reported only when it no longer waits. */
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
    const mergedInto = await findMergedKeys(this.#tx, this.#registry, gone)
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
      if (refusal !== undefined && this.#onRefused === 'wait') this.waiting.add(entry)
      else
        for (const reason of [plans[index]?.reason, refusal])
          if (reason !== undefined) this.#keep(resource.name, entry.key, reason)
    }
  }

  /** Writes changes. @returns why PostgreSQL refuses some of them, by index. */
  async #write(resource: Resource, changes: PlannedChange[]): Promise<Map<number, string>> {
    const { refused } = await writeEach(this.#tx, resource, changes, this.#authorship)
    return new Map([...refused].map(([index, problem]) => [index, reasonOf(problem)]))
  }
}

const reasonOf = (problem: Problem): string => problem.errors[0]?.message ?? problem.message

/** The change that undoes an entry, if it is possible, and why the record is not fully restored. */
interface UndoPlan {
  change?: PlannedChange
  reason?: string
}

/** Plans the undo of an entry. @param revision returns the documents of revisions (`readRevisions`). */
function planUndo(
  resource: Resource,
  entry: Entry,
  locked: LockedRecord,
  revision: (key: string, version: number | null) => Document | undefined,
  index: number,
): UndoPlan {
  const before = revision(entry.key, entry.versionBefore)
  const imported = revision(entry.key, entry.versionAfter)
  if (entry.action === 'create') {
    // Later changes may have been reverted.
    const isUnchanged =
      locked.version === entry.versionAfter ||
      (imported !== undefined && hasSameValues(resource, locked, imported))
    return isUnchanged ? { change: { index, kind: 'remove', locked } } : { reason: 'was changed since' }
  }
  if (!before || !imported) return { reason: 'its history lacks the previous version' }
  return planRestoration(resource, locked, { before, imported }, index)
}

/** Plans the restoration of a record that an import has changed. */
function planRestoration(
  resource: Resource,
  locked: LockedRecord,
  { before, imported }: { before: Document; imported: Document },
  index: number,
): UndoPlan {
  const current = documentOf(resource, JSON.parse(locked.document))
  const { document, kept } = revertImport(
    current,
    documentOf(resource, before),
    documentOf(resource, imported),
  )
  const reason =
    kept.length > 0 ? `${kept.join(', ')} ${kept.length === 1 ? 'was' : 'were'} changed since` : undefined
  try {
    const after = checkDocument(resource, document, before)
    const change = { index, kind: 'replace' as const, locked, before: current, after }
    return reason === undefined ? { change } : { change, reason }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { reason: [...(reason === undefined ? [] : [reason]), reasonOf(error)].join('; ') }
  }
}

/**
 * SQL that marks entries as undone ($1). Later imports that found the same values have entries without a change (`none`), which are
 * no obstacle to an undo. If the undo has restored a record ($2), the hashes of the undone values in these entries are replaced
 * with those of the last import before, or removed if it has none. Otherwise, the restored values would seem to be edited by others.
 */
const markUndone = `with marked as (
    update import_records set undone = true where sequence = any($1::bigint[])
    returning import, sequence, resource, key, scheme, properties
  )
  update import_records later set properties = (
    select coalesce(json_object_agg(name, remaining), '{}') from (
      select name, case when hash = marked.properties ->> name then earlier.properties ->> name else hash end as remaining
      from json_each_text(later.properties) as hashes(name, hash)
    ) as all_hashes where remaining is not null
  )
  from marked left join lateral (
    select properties from import_records where resource = marked.resource and key = marked.key and scheme = marked.scheme
      and sequence < marked.sequence and import <> marked.import and not undone
    order by sequence desc limit 1
  ) earlier on true
  where marked.sequence = any($2::bigint[]) and later.resource = marked.resource and later.key = marked.key and later.scheme = marked.scheme
    and later.sequence > marked.sequence and later.import <> marked.import and later.action = 'none' and not later.undone`

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
  const keptRecords = new Set(kept.map(({ resource, key }) => `${resource} ${key}`))
  const restored = undone.filter(
    ({ action, resource, key }) => action === 'change' && !keptRecords.has(`${resource} ${key}`),
  )
  const toSequences = (some: readonly Entry[]) => some.map(({ sequence }) => sequence)
  await tx.query({ text: markUndone, values: [toSequences(undone), toSequences(restored)] })
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
