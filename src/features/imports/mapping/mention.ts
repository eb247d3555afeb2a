import { resourcesKnownByName } from '../../names/index.ts'
import type { JsonValue, Mention } from '../types.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import type { Scope } from './path.ts'
import type { ValuePlan } from './value.ts'
import type { ValueSteps } from './value-schema.ts'

/** Returns the key of a record, or the placeholder of a mention of the record. */
type MakeReference = (
  value: JsonValue,
  scope: Scope,
  conversion: Conversion,
  plan: ValuePlan,
) => JsonValue | undefined

/** Resources whose records an import can create from names. */
const creatableResources = ['organizations', 'topics']

/**
 * Compiles a reference to a record: by name, code, id in a register, or key.
 * @param resource name of the referenced resource.
 * @param country the country within which an organization is looked for.
 * @param on the date for which a name is resolved; by default, for countries, the event date of the record.
 */
export function compileReference(
  steps: ValueSteps,
  resource: string,
  context: CompileContext,
  { country, on }: { country?: ValuePlan | undefined; on?: ValuePlan | undefined },
): MakeReference {
  // Records of resources that are not known by name are found by their id in the register.
  const isFoundByName = resourcesKnownByName(context.registry).includes(resource)
  const by = steps.by ?? (isFoundByName ? 'name' : 'id')
  if (steps.create && by !== 'name')
    context.at('create').addFault('needs by: name, since the value becomes the name of the new record')
  if (steps.create && !creatableResources.includes(resource))
    context
      .at('create')
      .addFault(`cannot create ${resource}: an import creates only ${creatableResources.join(' and ')}`)
  if (steps.create && resource === 'topics' && steps.scheme === undefined)
    context.at('create').addFault('needs scheme, the scheme of the new topics')
  const scheme = by === 'id' ? (steps.scheme ?? context.mapping.scheme) : steps.scheme
  if (by === 'name' && !isFoundByName)
    context.at('by').addFault(`cannot be name: ${resource} are found by id or key`)
  // Without a scheme, a code that is not the key of the record would be looked up among names.
  if (by === 'code' && scheme === undefined && context.registry.find(resource)?.key.property !== 'code')
    context.at('by').addFault(`needs scheme, the scheme of the codes of ${resource}`)
  return (value, scope, conversion, { column, onBadValue }) => {
    const text = String(value)
    if (by === 'key') return text
    const countryName = country?.evaluate(scope, conversion)[0]
    const date = on ? on.evaluate(scope, conversion)[0] : resolutionDate(resource, conversion.eventDate)
    const mention: Mention = {
      resource,
      ...(by === 'name' && { name: text }),
      ...(by === 'code' && { code: text }),
      ...(by === 'id'
        ? { externalId: { scheme: scheme ?? '', id: text } }
        : scheme !== undefined && { scheme }),
      ...(country !== undefined &&
        typeof countryName === 'string' && {
          country: countryName,
          countryFrom: toMentionFields(country, context),
        }),
      ...(typeof date === 'string' && { on: date }),
      ...(steps.create && { create: true }),
      ...toMentionFields({ column, onBadValue }, context),
    }
    return conversion.mention(mention)
  }
}

/**
 * Returns the column of a value and, if its `onBadValue` differs from that of the mapping, how the value is treated when it
 * matches no record or several.
 */
const toMentionFields = (
  { column, onBadValue }: Pick<ValuePlan, 'column' | 'onBadValue'>,
  context: CompileContext,
): Pick<Mention, 'column' | 'onUnresolved'> => ({
  ...(column !== '' && { column }),
  ...(onBadValue !== context.onBadValue && { onUnresolved: onBadValue }),
})

/**
 * Returns the date for which the name of a country is resolved; undefined for other resources. Of a day or month, only the year is
 * kept: the rest does not count, and fewer dates mean fewer lookups.
 */
const resolutionDate = (resource: string, on: string | undefined): string | undefined =>
  resource === 'countries' ? on?.replace(/^(\d{4})-\d\d(-\d\d)?$/, '$1') : undefined
