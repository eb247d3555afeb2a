/** A form field, which edits one property. `build/describe-forms.ts` derives the fields from the OpenAPI document. */
export interface FormField {
  name: string
  /**
   * `reference` is the key of a record of one resource, `record` the resource and key of a record of one of
   * several resources, and `participant` a country, organization or region with its role.
   */
  kind:
    | 'text'
    | 'longText'
    | 'enumeration'
    | 'date'
    | 'number'
    | 'reference'
    | 'record'
    | 'object'
    | 'participant'
    | 'list'
  isRequired: boolean
  /** Whether the value may be null, which means unknown. Other optional values have a default in the service. */
  isNullable: boolean
  /** The description of the property by language tag. The English text is from the OpenAPI document. */
  hint?: Readonly<Record<string, string>>
  /** Maximum number of characters of a text. */
  maxLength?: number
  /** Values of an enumeration. */
  values?: string[]
  /** The resources whose records can be referred to. */
  resources?: string[]
  /** The fields of an object. A participant has none for `country`, `organization` and `region`: the form has one search. */
  fields?: FormField[]
  /** The field of each item of a list. */
  item?: FormField
}

/**
 * Properties that the service sets: forms have no fields for them, and comparisons leave them out. Request bodies may contain
 * them, so that clients can send a record back as read.
 */
export const managedProperties: readonly string[] = ['id', 'version', 'createdAt', 'updatedAt']

/** The property of a participant for a record of each resource. Exactly one of these properties has a value. */
export const participantProperties: Readonly<Record<string, string>> = {
  countries: 'country',
  organizations: 'organization',
  regions: 'region',
}

/** The properties of a participant for which no record has been picked. */
export const noParticipant = { country: null, organization: null, region: null }

/**
 * Loads the fields of a resource's form; an unknown resource has none. All forms are in one file, which is loaded only when a
 * view needs it.
 * @throws when the file cannot be loaded.
 */
export async function loadForm(resource: string): Promise<FormField[]> {
  const { default: forms } = await import('./forms.json')
  // TypeScript infers a union of all literal shapes for a JSON import.
  return (forms as unknown as Record<string, FormField[]>)[resource] ?? []
}
