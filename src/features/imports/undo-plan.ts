import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import type { PlannedChange } from '../../operations/bulk/plan.ts'
import { changedProperties, type Document, documentOf } from '../../operations/writing/documents.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'
import type { LockedRecord } from '../../operations/writing/locks.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { hashValue, noHash } from '../../operations/writing/value-hash.ts'
import { Problem } from '../../problems/problem.ts'
import type { RecordEntry } from './entries.ts'

/** Plans how the undo of an import reverts what it did with a record. */

/** An entry of the import that is not yet undone. */
export interface Entry
  extends Pick<
    RecordEntry,
    'resource' | 'key' | 'action' | 'versionBefore' | 'versionAfter' | 'properties' | 'citation'
  > {
  sequence: string
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

/** Returns why a record cannot be reverted, for people. */
export const reasonOf = (problem: Problem): string => problem.errors[0]?.message ?? problem.message

/** The values of a record that an import has changed. */
interface Values {
  /** Those before the import; undefined if the history lacks them. */
  before: Document | undefined
  current: Document
  /** Those that the undo restores, and the others of the record. */
  restored: Document
}

/** The change that undoes an entry, if it is possible, and why the record is not fully restored. */
export interface UndoPlan {
  change?: PlannedChange
  reason?: string
  /** Absent for a record that the import created, and for one that was removed or merged since. */
  values?: Values
}

/**
 * Plans the undo of an entry.
 * @param revision returns the documents of revisions (`readRevisions`).
 * @param index the index of the planned change.
 */
export function planUndo(
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
  const current = documentOf(resource, JSON.parse(locked.document))
  if (!before || !imported) {
    const values = { before: undefined, current, restored: current }
    return { reason: 'its history lacks the previous version', values }
  }
  const values = { before: documentOf(resource, before), current, imported: documentOf(resource, imported) }
  return planRestoration(resource, locked, values, index)
}

/** Plans the restoration of a record that an import has changed. */
function planRestoration(
  resource: Resource,
  locked: LockedRecord,
  { before, current, imported }: { before: Document; current: Document; imported: Document },
  index: number,
): UndoPlan {
  const { document: reverted, kept } = revertImport(current, before, imported)
  const { checked, problem } = tryCheck(resource, reverted, before)
  const restored = problem ? restoreEach(resource, current, reverted, before) : reverted
  const reasons = [
    ...(kept.length > 0 ? [`${kept.join(', ')} ${kept.length === 1 ? 'was' : 'were'} changed since`] : []),
    ...(problem ? [`kept ${changedProperties(reverted, restored).join(', ')}: ${reasonOf(problem)}`] : []),
  ]
  const reason = reasons.length > 0 && { reason: reasons.join('; ') }
  const values = { before, current, restored }
  // If nothing can be restored, the current document may be invalid, too.
  if (problem && changedProperties(current, restored).length === 0) return { ...reason, values }
  const after = checked ?? checkDocument(resource, restored, before)
  return { change: { index, kind: 'replace', locked, before: current, after }, ...reason, values }
}

/** Checks a document like `checkDocument`, but returns the problem of an invalid one. */
function tryCheck(
  resource: Resource,
  document: Document,
  before: Document,
): { checked?: Document; problem?: Problem } {
  try {
    return { checked: checkDocument(resource, document, before) }
  } catch (error) {
    if (error instanceof Problem) return { problem: error }
    throw error
  }
}

/**
 * Reverts single properties as far as the document stays valid: values that others have changed may exclude some, such as an end
 * before the start to be restored. Repeats this while it finds more, since one value may only be possible after another one.
 */
function restoreEach(resource: Resource, current: Document, reverted: Document, before: Document): Document {
  let document = current
  for (let previous: Document | undefined; previous !== document; ) {
    previous = document
    for (const name of changedProperties(document, reverted)) {
      const next = { ...document, [name]: reverted[name] }
      if (tryCheck(resource, next, before).checked) document = next
    }
  }
  return document
}

/**
 * Returns the hashes of the values that an import wrote to a record, and that the record has after the undo although it did not
 * have them before the import; and `noHash` for each value that a redaction has removed.
 */
export const findRemaining = (
  { properties }: Entry,
  { before, current, restored }: Values,
  isRestored: boolean,
): Record<string, string> => {
  const after = isRestored ? restored : current
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name, imported]) =>
        imported === noHash ||
        (hashValue(after[name]) === imported && !isDeepStrictEqual(before?.[name], after[name])),
    ),
  )
}
