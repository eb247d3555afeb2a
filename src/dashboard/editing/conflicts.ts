import type { FormField } from '../api/forms.ts'
import { type FormValues, isEqual, toRequestValue } from './form-values.ts'

/** Whose value of a property is saved: that of the editor, or that of the other user. */
export type Choice = 'mine' | 'theirs'

/** A property that the editor, another user or both have changed. */
export interface Difference {
  field: FormField
  /** The value in the version on which the form is based. */
  base: unknown
  /** The value that the other user saved. */
  theirs: unknown
  /** The value that the editor entered. */
  mine: unknown
  /** The side whose value is saved; undefined if the sides changed the property differently: the editor must choose. */
  winner: Choice | undefined
}

/**
 * Compares three versions of a record, property by property (three-way merge). A change that only one side made, or that
 * both sides made in the same way, wins without a decision.
 */
export function findDifferences(
  fields: readonly FormField[],
  base: FormValues,
  theirs: FormValues,
  entered: FormValues,
): Difference[] {
  return fields.flatMap((field) => {
    const values = {
      base: base[field.name],
      theirs: theirs[field.name],
      mine: toRequestValue(entered[field.name], field),
    }
    const isChangedByMe = !isEqual(values.base, values.mine)
    const isChangedByThem = !isEqual(values.base, values.theirs)
    if (!isChangedByMe && !isChangedByThem) return []
    const isSame = isEqual(values.mine, values.theirs)
    const winner = !isChangedByThem ? 'mine' : !isChangedByMe || isSame ? 'theirs' : undefined
    return [{ field, ...values, winner } satisfies Difference]
  })
}

/** Whether the editor must choose a value. */
export const needsDecision = ({ winner }: Difference): boolean => winner === undefined

/** Returns the values of the form after all choices: the entered value where "mine" wins, otherwise that of the other user. */
export function applyChoices(
  theirs: FormValues,
  entered: FormValues,
  differences: readonly Difference[],
  choices: Readonly<Record<string, Choice>>,
): FormValues {
  const mine = differences
    .filter(({ field, winner }) => (winner ?? choices[field.name]) === 'mine')
    .map(({ field }) => [field.name, entered[field.name]] as const)
  return { ...theirs, ...Object.fromEntries(mine) }
}
