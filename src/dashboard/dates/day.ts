export const dayMs = 86_400_000

/** Returns the day after a day. */
export const dayAfter = (day: Date): Date => new Date(Number(day) + dayMs)
