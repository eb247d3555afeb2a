import { isDeepStrictEqual } from 'node:util'
import type { PlannedChange } from './plan.ts'

/** A planned change of a kind. */
export type ChangeOfKind<Kind extends PlannedChange['kind']> = Extract<PlannedChange, { kind: Kind }>

/** A change that writes a document. */
export type Write = ChangeOfKind<'create' | 'replace' | 'patch'>

/** Returns the changes that create a record. */
export const filterCreations = (changes: readonly PlannedChange[]) =>
  changes.filter((change): change is ChangeOfKind<'create'> => change.kind === 'create')

/** Returns the changes that remove a record. */
export const filterRemovals = (changes: readonly PlannedChange[]) =>
  changes.filter((change): change is ChangeOfKind<'remove'> => change.kind === 'remove')

/** Returns the changes of a stored document. */
export const filterUpdates = (changes: readonly PlannedChange[]) =>
  changes.filter(
    (change): change is ChangeOfKind<'replace' | 'patch'> =>
      change.kind === 'replace' || change.kind === 'patch',
  )

/** Whether a change gives its record another document. */
export const isDifferent = ({ before, after }: ChangeOfKind<'replace' | 'patch'>): boolean =>
  !isDeepStrictEqual(before, after)

/** Returns the changes that write a document. An unchanged record is not written, so it cannot be the cause of a refusal. */
export const listWrites = (changes: readonly PlannedChange[]): Write[] => [
  ...filterCreations(changes),
  ...filterUpdates(changes).filter(isDifferent),
]

/** Returns the document that a change writes. */
export const writtenDocument = (change: Write) => (change.kind === 'create' ? change.document : change.after)
