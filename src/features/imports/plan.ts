import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import { type Document, documentOf } from '../../operations/writing/documents.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { hashValue, noHash } from '../../operations/writing/value-hash.ts'
import { parsePointer } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import type { KeptRecord } from './job-schemas.ts'
import { requireOrderWithKept } from './kept-dates.ts'
import { absentFault, mentionName } from './mentions.ts'
import { toFaultValue } from './shorten.ts'
import type { RowFault } from './types.ts'
import type { LastImport, Upsert } from './upserts.ts'

/** Plans how a row creates or changes a record. */

/** The planned write of an upsert, and what is stored about it for later imports. */
export interface PlannedRecord {
  upsert: Upsert
  action: 'create' | 'change' | 'none'
  before: Document | undefined
  after: Document
  /** Hashes of the last values that the rows of the record had, by property. */
  properties: Record<string, string>
  /** Properties that are not overwritten: others have edited them, another row supplies the record instead, or they are `emptied`. */
  kept: string[]
  /** Properties that have a value from an earlier file, and for which the row has none. */
  emptied: string[]
}

/** Whether values that others have set are kept or replaced. */
export type OnEdited = 'keep' | 'replace'

/** Whether the last import of the scheme had the same row for the record, and is not undone. */
export const hasSameRow = ({ digest, existing }: Upsert): boolean =>
  existing?.lastImport?.digest === digest && !existing.lastImport.undone

/** Whether the record has the values of the row: the last import wrote all of them, and neither row nor record has changed. */
export const isUnchanged = (upsert: Upsert): boolean =>
  hasSameRow(upsert) &&
  upsert.existing?.lastImport?.version === upsert.existing?.version &&
  upsert.existing?.lastImport?.kept === null

/**
 * Returns the id of the row that changes a record in place of this row. If a record has the ids of several rows of a register,
 * such as after a merge, only one of these rows changes it: the row with the first id of the record that is in the file.
 * @returns undefined if this row changes the record.
 */
export function otherRowId({ draft, resource, existing }: Upsert): string | undefined {
  if (existing?.ownId === undefined || resource.key.assignedBy === 'client') return undefined
  const { scheme } = draft.externalId
  const isOwn = externalIdKey({ scheme, id: existing.ownId }) === externalIdKey(draft.externalId)
  return isOwn ? undefined : existing.ownId
}

/** Returns the properties for which the row has values, without external ids, which are only added. */
const statedProperties = ({ draft, document, resource }: Upsert): string[] =>
  Object.keys(draft.document).filter(
    (name) => name !== 'externalIds' && name in document && name in resource.document.shape,
  )

const hashStatedProperties = (upsert: Upsert, document: Document) =>
  Object.fromEntries(statedProperties(upsert).map((name) => [name, hashValue(document[name])]))

/** Checks a new document, which may contain its future key. @throws Problem `invalid-body`. */
function checkNew(resource: Resource, document: Document): Document {
  const { property, assignedBy } = resource.key
  if (assignedBy === 'client') return checkDocument(resource, document)
  const { [property]: key, ...others } = document
  const checked = checkDocument(resource, others)
  return key === undefined ? checked : { [property]: key, ...checked }
}

function planCreation(upsert: Upsert): PlannedRecord {
  const after = checkNew(upsert.resource, upsert.document)
  const properties = hashStatedProperties(upsert, after)
  return { upsert, action: 'create', before: undefined, after, properties, kept: [], emptied: [] }
}

/** Returns the external ids of a record, followed by those of the row that the record does not have. */
function joinExternalIds(before: Document, wanted: Document) {
  const known = getExternalIds(before)
  const keys = new Set(known.map(externalIdKey))
  return [...known, ...getExternalIds(wanted).filter((id) => !keys.has(externalIdKey(id)))]
}

/** Returns the document of a record with the values of the row. Other properties are unchanged. */
function mergeWanted({ resource, document }: Upsert, before: Document): Document {
  const { [resource.key.property]: _, ...others } = document
  const merged = { ...before, ...others }
  return 'externalIds' in document ? { ...merged, externalIds: joinExternalIds(before, document) } : merged
}

/** Whether a value is the default of a property. */
function isDefault({ document }: Resource, name: string, value: unknown): boolean {
  // `shape` has the basic type of `zod/v4/core`, but fields use the schemas of `zod`, which have `safeParse`.
  const schema = document.shape[name] as z.ZodType | undefined
  return isDeepStrictEqual(schema?.safeParse(undefined).data, value)
}

/**
 * Whether others have set a value: it is not the last value that a row had for the property. If no row had a value for it, or
 * the last import was undone, a default value does not count as set by others.
 */
function isEdited({ resource, existing }: Upsert, name: string, value: unknown): boolean {
  const imported = existing?.lastImport?.properties[name]
  if (imported === hashValue(value)) return false
  // A redaction has removed the value. Without this line, the file could bring it back after an undo.
  if (imported === noHash) return true
  const isUnwritten = imported === undefined || existing?.lastImport?.undone === true
  return !(isUnwritten && isDefault(resource, name, value))
}

/** Returns the hashes of the last values that rows had. Of an undone import, only those that the record still has, and `noHash`, count. */
const hashesOf = ({ properties, undone }: LastImport, before: Document): Record<string, string> =>
  undone
    ? Object.fromEntries(
        Object.entries(properties).filter(
          ([name, hash]) => hash === noHash || hash === hashValue(before[name]),
        ),
      )
    : properties

function planChange(upsert: Upsert, stored: string, onEdited: OnEdited): PlannedRecord {
  const { resource, existing } = upsert
  const before = documentOf(resource, JSON.parse(stored))
  const merged = mergeWanted(upsert, before)
  // This call does not check the order of dates. The one for `after` does: there, dates that others edited replace the row's.
  const wanted = checkDocument(resource, merged, merged)
  if (otherRowId(upsert) !== undefined) {
    const kept = statedProperties(upsert).filter((name) => !isDeepStrictEqual(before[name], wanted[name]))
    return { upsert, action: 'none', before, after: before, properties: {}, kept, emptied: [] }
  }
  const earlier = existing?.lastImport ? hashesOf(existing.lastImport, before) : {}
  const properties = { ...earlier, ...hashStatedProperties(upsert, wanted) }
  const isKept = (name: string) =>
    !isDeepStrictEqual(before[name], wanted[name]) && isEdited(upsert, name, before[name])
  const edited = onEdited === 'keep' ? statedProperties(upsert).filter(isKept) : []
  const keptValues = Object.fromEntries(edited.map((name) => [name, before[name]]))
  const changed = { ...wanted, ...keptValues }
  requireOrderWithKept(resource, { before, after: changed, row: upsert.document, edited })
  const after = checkDocument(resource, changed, before)
  const action = isDeepStrictEqual(before, after) ? 'none' : 'change'
  const emptied = (upsert.draft.empty ?? []).filter(
    (name) => earlier[name] === hashValue(before[name]) && !isDefault(resource, name, before[name]),
  )
  return { upsert, action, before, after, properties, kept: [...edited, ...emptied], emptied }
}

/**
 * Plans how an upsert creates or changes its record.
 * @param stored the JSON of the record, if it exists.
 * @returns the plan, or the faults for which the registry refuses the document.
 */
export const planRecord = (
  upsert: Upsert,
  stored: string | undefined,
  onEdited: OnEdited,
): { result: PlannedRecord } | { faults: RowFault[] } =>
  tryCheck(
    upsert.document,
    () => (stored === undefined ? planCreation(upsert) : planChange(upsert, stored, onEdited)),
    upsert,
  )

/** Counts the results of planned records. @param unplanned number of records without a plan, since they are unchanged. */
export function countResults(planned: readonly PlannedRecord[], unplanned: number) {
  const count = (action: PlannedRecord['action']) =>
    planned.filter((record) => record.action === action).length
  return {
    created: count('create'),
    changed: count('change'),
    unchanged: unplanned + count('none'),
    kept: planned.reduce((sum, { kept }) => sum + kept.length, 0),
  }
}

/** Returns the existing records among planned ones that keep properties, with the reasons. */
export const listKept = (planned: readonly PlannedRecord[]): KeptRecord[] =>
  planned.flatMap(({ upsert, kept, emptied }) => {
    if (!upsert.existing || kept.length === 0) return []
    const others = kept.filter((name) => !emptied.includes(name))
    const otherId = otherRowId(upsert)
    const because =
      otherId === undefined
        ? ''
        : `: the row with the id ${JSON.stringify(otherId)} changes this record, and the row with the id ${JSON.stringify(upsert.draft.externalId.id)} does not`
    const reasons = [
      ...(others.length > 0 ? [`kept ${others.join(', ')}${because}`] : []),
      ...(emptied.length > 0
        ? [`kept ${emptied.join(', ')} from an earlier file, since the row has no value`]
        : []),
    ]
    return reasons.map((reason) => ({
      resource: upsert.resource.name,
      key: upsert.existing?.key ?? '',
      reason,
    }))
  })

/** Returns the value at a JSON pointer as text, for a fault. */
function valueAt(document: unknown, pointer: string): string {
  let value = document
  for (const step of parsePointer(pointer))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined
  return toFaultValue(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}

/** The draft of an upsert, and the keys that were found for its mentions. */
type Mentions = Pick<Upsert, 'draft' | 'mentionKeys'>

/** Returns the mention whose key a fault is about, if there is one, and the path and the value of the fault. */
function locateFault({ pointer = '' }: Fault, document: Document, upsert: Mentions | undefined) {
  // `writeEach` puts the path of its operation before the pointers of faults.
  const path = pointer.replace(/^\/operations\/\d+(\/(document|patch))?/, '')
  const value = valueAt(document, path)
  return { path, value, mention: upsert?.draft.mentions[upsert.mentionKeys.indexOf(value)] }
}

/**
 * Why PostgreSQL has refused a record: only because records are absent that its row mentions by external id; only because another
 * record has a unique value, and perhaps because records are absent; or for other reasons. Other rows can remove all faults of the
 * first two kinds.
 */
export type RefusalKind = 'absent' | 'taken' | 'other'

/** Returns why PostgreSQL has refused a record. */
export function refusalKind({ errors }: Problem, document: Document, upsert: Mentions): RefusalKind {
  const isAbsent = (fault: Fault) =>
    fault.code === 'dangling_reference' &&
    locateFault(fault, document, upsert).mention?.externalId !== undefined
  const others = errors.filter((fault) => !isAbsent(fault))
  if (errors.length === 0 || others.some(({ code }) => code !== 'taken')) return 'other'
  return others.length > 0 ? 'taken' : 'absent'
}

/**
 * Converts the errors of a problem to faults of a row. The fault of a key that was found for a mention has the column and the
 * text of the mention, since the file does not have the key.
 */
export function faultsOfProblem(problem: Problem, document: Document, upsert?: Mentions): RowFault[] {
  if (problem.errors.length === 0) return [{ column: '', value: '', detail: problem.message }]
  return problem.errors.map((fault) => {
    const { code, message } = fault
    const { path, value, mention } = locateFault(fault, document, upsert)
    const property = path.slice(1)
    if (mention === undefined)
      return { column: upsert?.draft.dateColumns?.[property] ?? property, value, detail: message }
    if (mention.externalId && code === 'dangling_reference') return absentFault(mention)
    return {
      column: mention.column ?? property,
      value: toFaultValue(mentionName(mention)),
      detail: message,
    }
  })
}

/**
 * Runs a check of a row.
 * @param upsert as in `faultsOfProblem`.
 * @returns its result, or the faults of the problem that it throws.
 */
export function tryCheck<T>(
  document: Document,
  check: () => T,
  upsert?: Upsert,
): { result: T } | { faults: RowFault[] } {
  try {
    return { result: check() }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { faults: faultsOfProblem(error, document, upsert) }
  }
}
