/** The median of some numbers: the upper one of the two middle numbers if their count is even; NaN if there are none. */
export const median = (numbers: number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
