import fc from 'fast-check'

/** Returns the number of days from 1970-01-01 to a day of the Gregorian calendar, which repeats every 400 years. */
function dayNumber(year: number, month: number, day: number): number {
  const cycles = Math.floor(year / 400)
  return Date.UTC(2000 + year - cycles * 400, month - 1, day) / 86_400_000 + (cycles - 5) * 146_097
}

const firstDay = (year: number, month = 1) => dayNumber(year, month, 1)
const lastDay = (year: number, month = 12) => dayNumber(year, month + 1, 1) - 1

/** A valid EDTF date, with the first and the last day that it can mean, as day numbers. */
export type Span = { text: string; from: number; to: number }

/** Pads a number with zeros to a length. */
const pad = (value: number, length: number) => String(value).padStart(length, '0')
/** Returns a year in four digits, with a minus sign if it is negative. */
const yearText = (year: number) => (year < 0 ? '-' : '') + pad(Math.abs(year), 4)

/** Years of which PostgreSQL can store every day. Most are recent, as in a registry, so that many dates overlap. */
const years = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1999, max: 2013 }) },
  { weight: 1, arbitrary: fc.integer({ min: -4712, max: 9999 }) },
  { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }) },
)
/** Months of a year, from 1. */
const months = fc.integer({ min: 1, max: 12 })
/** The qualifiers of EDTF level 1, or none. */
const qualifiers = fc.constantFrom('', '?', '~', '%')

const wholeYears: fc.Arbitrary<Span> = years.map((year) => ({
  text: yearText(year),
  from: firstDay(year),
  to: lastDay(year),
}))

/** Dates with a month and no day. */
const wholeMonths: fc.Arbitrary<Span> = fc.tuple(years, months).map(([year, month]) => ({
  text: `${yearText(year)}-${pad(month, 2)}`,
  from: firstDay(year, month),
  to: lastDay(year, month),
}))

/** Dates with a day. */
const days: fc.Arbitrary<Span> = fc
  .tuple(years, months, fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(30)))
  .map(([year, month, daysAfterFirst]) => {
    const number = Math.min(firstDay(year, month) + daysAfterFirst, lastDay(year, month))
    const text = `${yearText(year)}-${pad(month, 2)}-${pad(number - firstDay(year, month) + 1, 2)}`
    return { text, from: number, to: number }
  })

/** Years, months and days, with a qualifier or none. */
export const plainDates = fc
  .tuple(fc.oneof(wholeYears, wholeMonths, days), qualifiers)
  .map(([span, qualifier]) => ({ ...span, text: span.text + qualifier }))

/** Time zones as EDTF writes them, or none. */
const zones = fc.constantFrom('', 'Z', '+00', '+00:00', '+08:00', '+05:30', '-12', '+14:00')
const dateTimes = fc.tuple(days, fc.integer({ min: 0, max: 86_400 }), zones).map(([day, second, zone]) => {
  const [hours, minutes, seconds] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return { ...day, text: `${day.text}T${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}${zone}` }
})

/** Decades (`201X`) and centuries (`20XX`). In negative years, the last year of a range has the smallest digits. */
const yearsEndingInX = (unknownDigits: 1 | 2): fc.Arbitrary<Span> =>
  fc
    .tuple(fc.boolean(), fc.nat({ max: 10 ** (4 - unknownDigits) - 1 }))
    // PostgreSQL cannot store all years of -47XX.
    .filter(([negative, known]) => !negative || known < 47 * 10 ** (2 - unknownDigits))
    .map(([negative, known]) => {
      const [low, high] = [known * 10 ** unknownDigits, (known + 1) * 10 ** unknownDigits - 1]
      const text = (negative ? '-' : '') + pad(known, 4 - unknownDigits) + 'X'.repeat(unknownDigits)
      // The year 0 is written without a minus sign, so it is not among the years -000X.
      return negative
        ? { text, from: firstDay(-high), to: lastDay(-Math.max(low, 1)) }
        : { text, from: firstDay(low), to: lastDay(high) }
    })

const unspecifiedMonths = fc
  .tuple(wholeYears, fc.constantFrom('-XX', '-XX-XX'))
  .map(([span, suffix]) => ({ ...span, text: span.text + suffix }))

const unspecifiedDays = wholeMonths.map((span) => ({ ...span, text: `${span.text}-XX` }))

const seasons: fc.Arbitrary<Span> = fc.tuple(years, fc.constantFrom(21, 22, 23, 24)).map(([year, season]) => {
  const month = { 21: 3, 22: 6, 23: 9, 24: 12 }[season]
  return { text: `${yearText(year)}-${season}`, from: firstDay(year, month), to: lastDay(year, month + 2) }
})

const longYears: fc.Arbitrary<Span> = fc.integer({ min: 10_000, max: 5_874_897 }).map((year) => ({
  text: `Y${year}`,
  from: firstDay(year),
  to: lastDay(year),
}))

/** Intervals with both ends. */
const closedIntervals: fc.Arbitrary<Span> = fc.tuple(plainDates, plainDates).map(([one, other]) => {
  const [start, end] = other.to < one.from ? [other, one] : [one, other]
  return { text: `${start.text}/${end.text}`, from: start.from, to: end.to }
})

/** Intervals with one end. The other end is open (`..`) or unknown (empty). */
const halfOpenIntervals: fc.Arbitrary<Span> = fc
  .tuple(plainDates, fc.constantFrom('', '..'), fc.boolean())
  .map(([date, open, atStart]) =>
    atStart
      ? { text: `${open}/${date.text}`, from: -Infinity, to: date.to }
      : { text: `${date.text}/${open}`, from: date.from, to: Infinity },
  )

/** Valid dates of all forms in this file. */
export const spans = fc.oneof(
  { weight: 4, arbitrary: plainDates },
  { weight: 2, arbitrary: closedIntervals },
  { weight: 2, arbitrary: halfOpenIntervals },
  seasons,
  unspecifiedMonths,
  unspecifiedDays,
  yearsEndingInX(1),
  yearsEndingInX(2),
  dateTimes,
  longYears,
)

/** Lists of 500 values, so that one query checks them all. */
export const batches = <T>(values: fc.Arbitrary<T>) => fc.array(values, { minLength: 500, maxLength: 500 })

/** Options of fast-check without shrinking, which would take minutes: the failed assertion shows the wrong value. */
export const runOptions = (numRuns: number) => ({ numRuns, endOnFailure: true })
