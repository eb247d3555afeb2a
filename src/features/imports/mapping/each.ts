import type { OnBadValue } from '../types.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import type { Scope } from './path.ts'
import { compileValue, toSteps } from './value.ts'
import type { ValueMapping } from './value-schema.ts'

/** A compiled `each`: the values of a row over which a part of a mapping is repeated. */
export interface Iteration {
  /** The context in which the part is compiled: the paths of the part start at these values. */
  context: CompileContext
  /**
   * Returns a scope for each value; none if there are too many, which it reports.
   * @param onTooMany whether the row is refused, or the values are dropped, if there are too many. Default: `onBadValue` of `each`
   * or, without it, of the mapping.
   */
  scopes(scope: Scope, conversion: Conversion, onTooMany?: OnBadValue): Scope[]
}

/** The keys of steps that keep the values of a row as they are, such as objects. With any other key, the values are texts. */
const keysThatKeepValues = new Set(['from', 'all', 'when', 'empty', 'default', 'take', 'onBadValue'])

/** Compiles `each`. Without `each`, the part is evaluated once, in the given scope: the row, or an item of an outer `each`. */
export function compileEach(mapping: ValueMapping | undefined, context: CompileContext): Iteration {
  if (mapping === undefined) return { context, scopes: (scope) => [scope] }
  const plan = compileValue(mapping, undefined, context.at('each'))
  const steps = toSteps(mapping)
  return {
    context: context.inItems(
      plan.column,
      [steps.from ?? steps.all ?? []].flat(),
      Object.keys(steps).some((key) => !keysThatKeepValues.has(key)),
    ),
    scopes(scope, conversion, onTooMany = plan.onBadValue) {
      const items = plan.evaluate(scope, conversion)
      const fault = conversion.limits.addItems(items.length)
      if (!fault) return items.map((item) => ({ ...scope, item }))
      conversion.reportBadValue(onTooMany, plan.column, null, fault)
      return []
    },
  }
}
