import type { Reference } from '../../../model/schemas.ts'
import { didYouMean } from '../../../problems/suggest.ts'
import type { JsonValue, Mention } from '../types.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import type { Scope } from './path.ts'
import type { ValueSteps } from './types.ts'
import type { ValuePlan } from './value.ts'

/** Makes what stands for a record in a document. */
type Refer = (
  value: JsonValue,
  scope: Scope,
  conversion: Conversion,
  plan: ValuePlan,
) => JsonValue | undefined

/** Resources that are found by name. Others are found by their id in the register. */
const named = ['countries', 'organizations', 'regions', 'topics']

/**
 * Compiles a reference to a record: by name, code, id in a register, or key.
 * @param where the country within which to look for an organization, and the time for which to look for a state.
 */
export function compileReference(
  steps: ValueSteps,
  { resource }: Reference,
  context: CompileContext,
  { country, on }: { country?: ValuePlan | undefined; on?: ValuePlan | undefined },
): Refer {
  const by = steps.by ?? (named.includes(resource) ? 'name' : 'id')
  if (steps.create && by !== 'name')
    context.at('create').fault('needs by: name, since a record is made of its name')
  const scheme = by === 'id' ? (steps.scheme ?? context.mapping.scheme) : steps.scheme
  if (by === 'name' && !named.includes(resource)) {
    context
      .at('by')
      .fault(`${resource} are found by id or key, and not by name${didYouMean('name', ['id', 'key'])}`)
  }
  return (value, scope, conversion, { column, onBadValue }) => {
    const text = String(value)
    if (by === 'key') return text
    const countryName = country?.evaluate(scope, conversion)[0]
    const time = on ? on.evaluate(scope, conversion)[0] : timeOf(resource, conversion.on)
    const mention: Mention = {
      resource,
      ...(by === 'name' && { name: text }),
      ...(by === 'code' && { code: text }),
      ...(by === 'id'
        ? { externalId: { scheme: scheme ?? '', id: text } }
        : scheme !== undefined && { scheme }),
      ...(typeof countryName === 'string' && { country: countryName }),
      ...(typeof time === 'string' && { on: time }),
      ...(steps.create && { create: true }),
      ...(column !== '' && { column }),
      ...(onBadValue === 'drop' && { onUnresolved: onBadValue }),
    }
    return conversion.mention(mention)
  }
}

/** Only states come and go. The year is enough, and there are few of them to look up. */
const timeOf = (resource: string, on: string | undefined): string | undefined =>
  resource === 'countries' ? on?.replace(/^(\d{4})-\d\d(-\d\d)?$/, '$1') : undefined
