import type { z } from 'zod'

/**
 * Returns a check that a number has at most this many decimals. A JSON number is a double, which rarely equals a decimal.
 * So the check compares the number with the double that is nearest to the rounded decimal.
 */
export const requireDecimals =
  (decimals: number) =>
  (number: number, context: z.RefinementCtx): void => {
    if (Number(number.toFixed(decimals)) === number) return
    context.addIssue({
      code: 'not_multiple_of',
      divisor: 10 ** -decimals,
      input: number,
      message: `${number} is too precise: must have at most ${decimals} decimals`,
    })
  }
