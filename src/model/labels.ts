import { capitalize } from '../wording.ts'
import { type Language, languages } from './languages.ts'

/** A label in each language. */
export type Label = Readonly<Record<Language, string>>

/** The label of a missing or unknown value. */
export const unknownLabel: Label = { en: 'Unknown', zh: '未知' }

/** The label of the group into which an aggregate merges all except the largest groups. */
export const otherLabel: Label = { en: 'Other', zh: '其他' }

/** The labels of the values of enumerations, and of the names of resources. The declarations of enumerations and resources add them. */
const labels = new Map<string, Label>()

/**
 * Adds the label of a value of an enumeration, or of the name of a resource.
 * @throws Error if a language is missing, or if the value has another label, since a value has one label in all enumerations.
 */
export function addLabel(value: string, label: Label | undefined): void {
  // Commands that run the source code do not check types, so a declaration may lack what its type requires.
  const missing = languages.find((language) => !label?.[language])
  if (!label || missing)
    throw new Error(`"${value}" has no label in "${missing}"; give it one in every language`)
  const other = labels.get(value) ?? label
  if (languages.some((language) => other[language] !== label[language]))
    throw new Error(
      `"${value}" has the label "${other.en}" (${other.zh}) in another declaration; give it the same label, or choose another value`,
    )
  labels.set(value, label)
}

/**
 * Declares the values of an enumeration with their labels in English and Chinese: `['host', 'Host', '东道方']`. A value that
 * has its label in another declaration is given alone. A value without any label is shown as a phrase in English.
 * @throws Error if there is no value, or if a value has an incomplete label, or another label in another declaration.
 */
export function enumValues<const Value extends string>(
  ...declared: readonly (Value | readonly [value: Value, en: string, zh: string])[]
): [Value, ...Value[]] {
  const [first, ...rest] = declared.map((entry) => {
    if (typeof entry === 'string') return entry
    const [value, en, zh] = entry
    addLabel(value, { en, zh })
    return value
  })
  if (first === undefined) throw new Error('an enumeration needs at least one value')
  return [first, ...rest]
}

/** Returns the label of a value, or undefined if no declaration has one. */
export const findLabel = (value: string): Label | undefined => labels.get(value)

/** Converts a value to a phrase: `ground_station` to "Ground station". */
const humanize = (value: string): string => capitalize(value.replaceAll(/[_-]/g, ' '))

/** Returns the label of a value in a language. For a value without a label, returns the value as a phrase. */
export const valueLabel = (value: string, language: Language): string =>
  findLabel(value)?.[language] ?? humanize(value)
