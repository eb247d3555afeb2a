import type { NameIndex } from './name-index.ts'
import { matchesIn, severalRecords, toResolution } from './resolve.ts'
import type { NameQuery, Resolution } from './types.ts'

/**
 * Narrows the matches of an organization's name to the country of the query. Without a country in the query, the name of an
 * authority of a country is ambiguous.
 */
export function narrowToCountry(index: NameIndex, query: NameQuery, resolution: Resolution): Resolution {
  if (query.resource !== 'organizations' || query.scheme !== undefined) return resolution
  if (resolution.status === 'unresolved') return resolution
  const { candidates, match } = resolution
  if (query.country === undefined) {
    const record = match && index.records.get(match.key)
    if (!record?.isGovernment || (record.country ?? null) === null) return resolution
    // Several countries have a Ministry of Health.
    const detail = 'Authorities of several countries may have this name: state the country.'
    return { status: 'ambiguous', candidates, detail }
  }
  // A doubtful name, or two names that may mean different records, is ambiguous in any country.
  const isUncertain = resolution.status === 'ambiguous' && resolution.detail !== severalRecords
  const matches = matchesIn(index, candidates, query.country)
  if (matches.length > 0) return isUncertain ? { ...resolution, candidates: matches } : toResolution(matches)
  if (isUncertain) return resolution
  const detail = `No organization of ${query.country} has this name, but organizations of other countries do.`
  return { status: 'unresolved', candidates, detail }
}
