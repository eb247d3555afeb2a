/** The input of a property. `build/describe-forms.ts` derives the fields from the OpenAPI document. */
export interface FormField {
  name: string
  /**
   * `reference` is the key of a record, `record` a record of any of several resources, and `participant` a country,
   * organization or region with its role.
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
  /** Whether the value may be null, which is unknown. Otherwise the service has a default. */
  isNullable: boolean
  /** Description by language. The English one is that of the OpenAPI document. */
  hint?: Readonly<Record<string, string>>
  maxLength?: number
  /** Words of an enumeration. */
  values?: string[]
  /** The resources whose records can be referred to. */
  resources?: string[]
  /** Fields of an object. */
  fields?: FormField[]
  /** The field of each item of a list. */
  item?: FormField
}

/** Loads the form of a resource. All forms are one file, which only editors need. */
export async function loadForm(resource: string): Promise<FormField[]> {
  const { default: forms } = await import('./forms.json')
  // The type of a JSON import has a union of every literal shape in it.
  return (forms as unknown as Record<string, FormField[]>)[resource] ?? []
}
