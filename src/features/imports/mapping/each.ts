import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import type { Scope } from './path.ts'
import type { ValueMapping } from './types.ts'
import { compileValue, toSteps } from './value.ts'

/** What a part of a mapping is made for: the row, or each of several values in it. */
export interface Each {
  /** Where the part is compiled: its paths start at the values. */
  context: CompileContext
  scopes(scope: Scope, conversion: Conversion): Scope[]
}

/** Compiles `each`. Without it, the part is made once, for the row. */
export function compileEach(mapping: ValueMapping | undefined, context: CompileContext): Each {
  if (mapping === undefined) return { context, scopes: (scope) => [scope] }
  const plan = compileValue(mapping, undefined, context.at('each'))
  const steps = toSteps(mapping)
  return {
    context: context.inItems(plan.column, [steps.from ?? steps.all ?? []].flat()),
    scopes: (scope, conversion) => plan.evaluate(scope, conversion).map((here) => ({ row: scope.row, here })),
  }
}
