import type { z } from 'zod'

/**
 * Returns a check that a number has at most so many decimals. A JSON number is a double, which holds the nearest value to
 * a decimal and not the decimal itself, so the number must be the double that the rounded decimal has.
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
