/**
 * Maximum number of groups of each dimension; the smallest are left out. The limit of years is higher than the number of years
 * that records have, so all years are listed. Amounts are grouped by year, kind and currency. They have the highest limit that an
 * aggregate may have: above it, the latest years are left out.
 */
export const maxGroups = { year: 1000, amount: 10_000, topic: 10, country: 20, other: 50 } as const

/** Maximum number of expiring agreements that a briefing lists. */
export const maxExpiring = 20

/** Maximum number of latest changes that a briefing lists. */
export const maxChanges = 10

/** Maximum number of figures that a briefing lists. */
export const maxFigures = 50
