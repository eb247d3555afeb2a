/**
 * Returns the first and last day that an EDTF date can mean, as strings that sort by date: an open start as '', an open end
 * as '~'. Reads no seasons, no times of day, no unknown starts or ends (`2011/`), and no years that are negative or have more than
 * four digits.
 */
export function parseSpan(text: string): { from: string; to: string } {
  const [start = '', end = start] = text.split('/')
  const lastDayOfMonth = (year: string, month: string) =>
    new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const fields = (part: string) => {
    const [year = '', month = 'XX', day = 'XX'] = part.replace(/[?~%]$/, '').split('-')
    return { year, month, day }
  }
  const firstDay = (part: string) => {
    const { year, month, day } = fields(part)
    return `${year.replaceAll('X', '0')}-${month.replace('XX', '01')}-${day.replace('XX', '01')}`
  }
  const lastDay = (part: string) => {
    const { year, month, day } = fields(part)
    const latestYear = year.replaceAll('X', '9')
    const latestMonth = month.replace('XX', '12')
    return `${latestYear}-${latestMonth}-${day.replace('XX', String(lastDayOfMonth(latestYear, latestMonth)))}`
  }
  return { from: start === '..' ? '' : firstDay(start), to: end === '..' ? '~' : lastDay(end) }
}

/**
 * Tells whether a recorded date matches a date filter.
 * @param operator the operator of a search, such as `gte`, or the one in the brackets of a list filter, as in `signedOn[gte]`; ''
 *   for a list filter without brackets.
 * @throws for an unknown operator.
 */
export function dateMatches(recorded: string | null, operator: string, filterValue: string): boolean {
  if (recorded === null) return operator === 'ne'
  const { from, to } = parseSpan(recorded)
  const other = parseSpan(filterValue)
  const overlaps = from <= other.to && to >= other.from
  const matches: Record<string, boolean> = {
    '': overlaps,
    eq: overlaps,
    overlaps,
    ne: !overlaps,
    within: from >= other.from && to <= other.to,
    contains: from <= other.from && to >= other.to,
    gt: to > other.to,
    gte: to >= other.from,
    lt: from < other.from,
    lte: from <= other.to,
    certainlyGt: from > other.to,
    certainlyGte: from >= other.from,
    certainlyLt: to < other.from,
    certainlyLte: to <= other.to,
  }
  const isMatch = matches[operator]
  if (isMatch === undefined) throw new Error(`the date oracle lacks the operator "${operator}"`)
  return isMatch
}
