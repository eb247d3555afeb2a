import type { FormField } from '../api/forms.ts'
import { type FormValues, isEqual, toSent } from './form-values.ts'

/** A property that differs between what an editor began with, what was saved meanwhile, and what the editor has entered. */
export interface Difference {
  field: FormField
  base: unknown
  theirs: unknown
  mine: unknown
  /** Whose value a save keeps; undefined until the editor chooses, since both have changed it. */
  winner: 'mine' | 'theirs' | undefined
}

/**
 * Compares three versions of a record, property by property. A change of one side alone wins by itself, and so does the same
 * change of both.
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
      mine: toSent(entered[field.name], field),
    }
    const isMine = !isEqual(values.base, values.mine)
    const isTheirs = !isEqual(values.base, values.theirs)
    if (!isMine && !isTheirs) return []
    const isSame = isEqual(values.mine, values.theirs)
    const winner = !isTheirs ? 'mine' : !isMine || isSame ? 'theirs' : undefined
    return [{ field, ...values, winner } satisfies Difference]
  })
}

/** The properties that the editor has to decide. */
export const needsDecision = ({ winner }: Difference): boolean => winner === undefined

/** The values of the form after all choices: the saved version with the editor's values where they win. */
export function merge(
  theirs: FormValues,
  entered: FormValues,
  differences: readonly Difference[],
  choices: Readonly<Record<string, 'mine' | 'theirs'>>,
): FormValues {
  const kept = differences
    .filter(({ field, winner }) => (winner ?? choices[field.name]) === 'mine')
    .map(({ field }) => [field.name, entered[field.name]] as const)
  return { ...theirs, ...Object.fromEntries(kept) }
}
