import { quote } from '../../problems/faults.ts'
import { suggest } from '../../problems/suggest.ts'
import { codeSchemes, hasCodeForm, normalizeCode } from './codes.ts'
import {
  divideText,
  hasConjunction,
  hasNameAsWritten,
  isHyphenatedName,
  withConjunctions,
} from './conjunctions.ts'
import type { AmbiguousName, NamedRecord, NameEntry } from './entries.ts'
import { withoutFootnoteMarks, withoutQuestionMark } from './marks.ts'
import { bestOfEach, commonRecord, isSameState, recordMatch, toResolution } from './matches.ts'
import type { LookupResult, MatchForm, NameIndex } from './name-index.ts'
import { type MatchReason, type NameMatch, type NameQuery, type Resolution, reasonScores } from './types.ts'
import { entriesIn, hasYear, parseYear } from './years.ts'

/** A query with the index in which it is resolved. */
interface Lookup {
  index: NameIndex
  query: NameQuery
  /** The year of the query; undefined if it has no date. */
  year: number | undefined
  /** Maximum number of candidates of an unknown name or code. */
  limit: number
}

/**
 * Resolves a query in an index. No record is guessed: several equally good records are `ambiguous`, and all are candidates.
 * A code is looked up unchanged at first, since a footnote mark or question mark may be a part of it.
 * @param limit maximum number of candidates of an unknown name or code.
 */
export function resolveIn(index: NameIndex, query: NameQuery, limit: number): Resolution {
  const resolution = resolveName({ index, query, year: parseYear(query.on), limit })
  const { resource, country } = query
  if (resource !== 'organizations' || country !== undefined) return resolution
  const record = resolution.match && index.records.get(resolution.match.key)
  if (!record?.isGovernment || (record.country ?? null) === null) return resolution
  // Several countries have a Ministry of Health.
  const detail = 'Authorities of several countries may have this name: state the country.'
  return { status: 'ambiguous', candidates: resolution.candidates, detail }
}

/** Like `resolveIn`, but also resolves the name of an authority if the query has no country. */
function resolveName(lookup: Lookup): Resolution {
  const { name: given } = lookup.query
  const found = resolveInCodes(lookup, given.trim())
  if (found) return found
  const name = withoutFootnoteMarks(given)
  const unmarked = withoutQuestionMark(name)
  if (unmarked !== name) {
    const { candidates } = resolveInCodes(lookup, unmarked) ?? resolveUnmarked(lookup, unmarked)
    const within = matchesWithin(lookup, candidates)
    const detail = 'The source marks the name as doubtful.'
    return { status: 'ambiguous', candidates: [...(within.length > 0 ? within : candidates)], detail }
  }
  return resolveUnmarked(lookup, name)
}

/** Resolves a query. @param name the name of the query without marks. */
function resolveUnmarked(lookup: Lookup, name: string): Resolution {
  const found = resolveWithin(lookup, name) ?? resolveTwoNames(lookup, name)
  if (found) return found
  const { index, query, limit } = lookup
  const code = query.name.trim()
  const broader = query.resource === 'topics' ? findBroaderCodes(index, query.scheme ?? '', code) : []
  const similar = index
    .findSimilar(name, limit)
    .map(({ entry, similarity }) =>
      recordMatch(index, entry.record, 'similar', reasonScores.similar * similarity),
    )
  const candidates = [...broader, ...similar].slice(0, limit)
  return { status: 'unresolved', candidates, detail: unresolvedDetail(index, query) }
}

/** Returns why no record is found: because of the scheme, if no record has codes of it, or because of the name or code. */
function unresolvedDetail({ schemes }: NameIndex, { resource, scheme }: NameQuery): string {
  if (scheme === undefined) return 'No record has this name.'
  if (schemes.has(scheme) || (scheme === 'iso3166' && schemes.has('alpha2')))
    return 'No record has this code or name in this scheme.'
  const nearest = suggest(scheme, [...schemes])
  const end = nearest === undefined ? '.' : `; did you mean "${nearest}"?`
  return `No record of ${resource} has a code of the scheme ${quote(scheme)}${end}`
}

/** Prefixes of at least `minPrefixLength` characters are looked up for an unknown code of at most `maxCodeLength`. */
const maxCodeLength = 20
const minPrefixLength = 3

/**
 * Finds the topics whose codes are prefixes of an unknown code, the longest first. In lists such as the sector
 * codes of the OECD's DAC, these are broader topics. In an extension of a list they may not be, so they are only candidates.
 */
function findBroaderCodes(index: NameIndex, scheme: string, code: string): NameMatch[] {
  if (code.length > maxCodeLength) return []
  const lengths = Array.from(
    { length: Math.max(0, code.length - minPrefixLength) },
    (_, index) => code.length - 1 - index,
  )
  return lengths.flatMap((length) =>
    index.findByCode(scheme, code.slice(0, length)).map((record) => ({
      ...recordMatch(index, record, 'similar', (reasonScores.similar * length) / code.length),
      note: `Its code is ${code.slice(0, length)}; ${code} begins with it.`,
    })),
  )
}

/** Resolves a code of the query's scheme; undefined if the query has no scheme, or no record has the code. */
function resolveInCodes(lookup: Lookup, text: string): Resolution | undefined {
  const { scheme } = lookup.query
  if (scheme === undefined) return undefined
  const code = normalizeCode(scheme, text)
  return resolveCode(lookup, code, [scheme]) ?? resolveFormerCode(lookup, scheme, code)
}

/** Resolves the whole text: if the query has a scheme, by names in this scheme, otherwise by names and codes. */
function resolveWhole(lookup: Lookup, name: string): Resolution | undefined {
  const { query } = lookup
  if (query.scheme !== undefined) return resolveInScheme(lookup, query.scheme, name)
  const isCountry = query.resource === 'countries'
  const found = findName(lookup, isCountry ? withConjunctions(name) : name)
  if (found) {
    const resolution = resolveFound(lookup, found, name)
    return isCountry ? checkForSecondCountry(lookup, found, name, resolution) : resolution
  }
  if (!hasCodeForm('iso3166', name)) return undefined
  const resolution = resolveCode(lookup, name, codeSchemes)
  if (!resolution || query.country === undefined || name.length > 2) return resolution
  const detail = `In a source about ${query.country}, this may be the code of a part of the country.`
  return { status: 'ambiguous', candidates: resolution.candidates, detail }
}

/** Finds a name in the index. A name with `onlyInSourcesAbout` counts as ambiguous only if the query has this country. */
const findName = ({ index, query }: Lookup, name: string): LookupResult | undefined =>
  index.find(
    name,
    ({ onlyInSourcesAbout }) => onlyInSourcesAbout === undefined || onlyInSourcesAbout === query.country,
  )

const resolveFound = (lookup: Lookup, found: LookupResult, name: string): Resolution | undefined =>
  found.ambiguous ? resolveAmbiguous(lookup, found, found.ambiguous) : resolveEntries(lookup, found, name)

/**
 * Checks whether a text that was found as the name of a country names two countries: `India, Netherlands` has the words of
 * `Netherlands India`, a former name of Indonesia. The text may still name one record twice, a territory with its state, or a
 * former state that existed in the year of the query.
 * @returns the resolution, or an ambiguous one; undefined if the text has a conjunction that the found name lacks, its parts do not
 * name one record, and the found name is not the text with hyphens.
 */
function checkForSecondCountry(
  lookup: Lookup,
  { entries }: LookupResult,
  name: string,
  resolution: Resolution | undefined,
): Resolution | undefined {
  const { index, year } = lookup
  const record = resolution?.match && index.records.get(resolution.match.key)
  if (!record || entries.some(({ text }) => hasNameAsWritten(name, text))) return resolution
  if (record.to !== undefined && year !== undefined && hasYear(record, year)) return resolution
  const text = withConjunctions(name)
  const isJoined = hasConjunction(text) && !entries.some((entry) => hasConjunction(entry.text))
  const areSame = (one: NameMatch, other: NameMatch) => one.key === other.key
  const areRelated = (one: NameMatch, other: NameMatch) =>
    [one.key, other.key].some((key) => key === record.responsibleState) ||
    (commonRecord(index, one, other) ?? commonRecord(index, other, one)) !== undefined
  let namesOneTwice = false
  for (const halves of divideText(text)) {
    const [first = [], second = []] = halves.map((half) => {
      const found = findName(lookup, half)
      return (found && resolveFound(lookup, found, half)?.candidates) ?? []
    })
    if (first.length === 0 || second.length === 0) continue
    const hasPair = (test: typeof areSame) => first.some((one) => second.some((other) => test(one, other)))
    if (hasPair(areSame)) namesOneTwice = true
    else if (isJoined || !hasPair(areRelated)) {
      const candidates = bestOfEach([...first, ...second])
      return { status: 'ambiguous', candidates, detail: 'The text may name two countries.' }
    }
  }
  // The French `Bosnie et Herzégovine` has the words of `Bosnie-Herzégovine`.
  const isHyphenated = entries.some((entry) => isHyphenatedName(text, entry.text))
  return isJoined && !namesOneTwice && !isHyphenated ? undefined : resolution
}

/** Like `resolveWhole`, but an organization must match the country of the query, if it has one. */
function resolveWithin(lookup: Lookup, name: string): Resolution | undefined {
  const found = resolveWhole(lookup, name)
  if (!found) return undefined
  const matches = matchesWithin(lookup, found.candidates)
  if (matches.length === found.candidates.length) return found
  if (matches.length > 0) return toResolution(matches)
  const detail = `No organization of ${lookup.query.country} has this name, but organizations of other countries do.`
  return { status: 'unresolved', candidates: found.candidates, detail }
}

/**
 * Returns the organizations of the country of a query or, if there are none, those without a country, which match any country
 * (such as those of the United Nations). Returns all matches of a query for other records, with a scheme, or without a country.
 */
function matchesWithin({ index, query }: Lookup, matches: readonly NameMatch[]): readonly NameMatch[] {
  const { resource, scheme, country } = query
  if (resource !== 'organizations' || scheme !== undefined || country === undefined) return matches
  const withCountry = (wanted: string | null) =>
    matches.filter(({ key }) => (index.records.get(key)?.country ?? null) === wanted)
  const ofCountry = withCountry(country)
  return ofCountry.length > 0 ? ofCountry : withCountry(null)
}

/**
 * Returns the records that had a code in a year. ISO gives a code to another country only when it is free, so of several records
 * without a known beginning, only the one that ended first had the code.
 */
function holdersIn(year: number, records: readonly NamedRecord[]): readonly NamedRecord[] {
  const valid = records.filter((record) => hasYear(record, year))
  const firstEnd = Math.min(...valid.map(({ to = Infinity }) => to))
  return valid.filter(({ from, to = Infinity }) => from !== undefined || to === firstEnd)
}

function resolveCode(
  { index, year }: Lookup,
  code: string,
  schemes: readonly string[],
): Resolution | undefined {
  const wanted = schemes.flatMap((scheme) => (scheme === 'iso3166' ? codeSchemes : [scheme]))
  for (const scheme of wanted) {
    const records = index.findByCode(scheme, code)
    const inYear = year === undefined ? [] : holdersIn(year, records)
    const current = records.filter(({ to }) => to === undefined)
    const [chosen] = [inYear, current, records].filter(({ length }) => length > 0)
    if (chosen) return toResolution(chosen.map((record) => recordMatch(index, record, 'code')))
  }
  return undefined
}

/** Resolves a name among the topics of a scheme. */
function resolveInScheme(lookup: Lookup, scheme: string, name: string): Resolution | undefined {
  const found = lookup.index.find(name, () => false)
  const entries = found?.entries.filter(({ record }) => record.scheme === scheme) ?? []
  return found && entries.length > 0 ? resolveEntries(lookup, { ...found, entries }, name) : undefined
}

/** Resolves a code that ISO has withdrawn, such as 736 for Sudan. The lists of names contain these codes, among abbreviations. */
function resolveFormerCode(lookup: Lookup, scheme: string, code: string): Resolution | undefined {
  const wanted = code.toUpperCase()
  if (!hasCodeForm(scheme, wanted)) return undefined
  const found = lookup.index.find(code, () => false)
  const entries = found?.entries.filter(({ text }) => text === wanted) ?? []
  return entries.length > 0 ? resolveEntries(lookup, { form: 'folded', entries }, code) : undefined
}

function resolveAmbiguous(
  { index, year }: Lookup,
  { entries }: LookupResult,
  { keys, detail, earlierMeaning }: AmbiguousName,
): Resolution | undefined {
  const earlierRecord =
    earlierMeaning && year !== undefined && hasYear(earlierMeaning, year)
      ? index.records.get(earlierMeaning.code)
      : undefined
  if (earlierRecord) return toResolution([recordMatch(index, earlierRecord, 'former-name')])
  const listed = [...keys, ...entries.map(({ record }) => record.key)]
  const candidates = [...new Set(listed)].flatMap((key) => {
    const record = index.records.get(key)
    return record ? [recordMatch(index, record, 'alias')] : []
  })
  return candidates.length > 0 ? { status: 'ambiguous', candidates, detail } : undefined
}

/**
 * Chooses the entries of a name that are valid in the year or, if none is, those that do not mean something else in other years.
 * Among these, it chooses the entries of the best rank.
 */
function resolveEntries({ index, year }: Lookup, { entries, form }: LookupResult, name: string): Resolution {
  const possible = entriesIn(year, entries)
  const rank = Math.min(...possible.map((entry) => entry.rank))
  const best = possible.filter((entry) => entry.rank === rank)
  if (best.length === 0) {
    const candidates = entries.map((entry) => recordMatch(index, entry.record, findReason(entry, form, name)))
    const detail =
      year === undefined
        ? 'The name meant this only in other years, and means something else today: give the date of the event.'
        : `The name meant this only in other years than ${year}.`
    return { status: 'ambiguous', candidates: bestOfEach(candidates), detail }
  }
  const current = best.map((entry) => followRenaming(index, entry, year))
  return toResolution(current.map((entry) => recordMatch(index, entry.record, findReason(entry, form, name))))
}

/**
 * Returns the entry with the successor as its record if the successor is the same state under a new name, and the year is after
 * the renaming; otherwise returns the entry itself.
 */
function followRenaming(index: NameIndex, entry: NameEntry, year: number | undefined): NameEntry {
  const { to, successors = [] } = entry.record
  if (year === undefined || to === undefined || year <= to) return entry
  const record = successors
    .map((key) => index.records.get(key))
    .find((successor) => isSameState(entry.record, successor))
  return record ? { ...entry, record, reason: 'former-name' } : entry
}

const formReasons: Record<Exclude<MatchForm, 'folded'>, MatchReason> = {
  inverted: 'inverted',
  shortened: 'abbreviation',
  'official-form': 'official-form',
}

function findReason(entry: NameEntry, form: MatchForm, name: string): MatchReason {
  if (entry.reason !== 'exact' && entry.reason !== 'alias') return entry.reason
  if (form !== 'folded') return formReasons[form]
  const isSame = entry.text.toLowerCase() === name.normalize('NFC').toLowerCase()
  return isSame ? entry.reason : 'punctuation'
}

/** Two names in one text: `Myanmar (Burma)`, `Türkiye / Turkey`, `Vietnam [VN]`. */
const twoNames = /^(?<first>[^([/]+?)(?:[([](?<second>[^)\]]+)[)\]]|\s[-–—/]\s+(?<third>.+)|\/(?<fourth>.+))$/

const introduction = /^(formerly|former|ex|previously|now|today|also|i\.?e\.?)[\s-]+/i

/**
 * Resolves a text with two known names. They may mean one record, a state and its new name, or a territory and its state. The
 * second name may settle which record an ambiguous first name means.
 */
function resolveTwoNames(lookup: Lookup, name: string): Resolution | undefined {
  const { first, second, third, fourth } = twoNames.exec(name)?.groups ?? {}
  const secondName = (second ?? third ?? fourth)?.replace(introduction, '').trim()
  if (first === undefined || !secondName) return undefined
  const halves = [first.trim(), secondName].map((half) => resolveWithin(lookup, half))
  const [ofFirst, ofSecond] = halves.map((half) => (half?.status === 'unresolved' ? undefined : half))
  if (!ofFirst && !ofSecond) return undefined
  const candidates = bestOfEach([...(ofFirst?.candidates ?? []), ...(ofSecond?.candidates ?? [])])
  const secondMatch = ofSecond?.match
  const common = ofFirst?.match && secondMatch && commonRecord(lookup.index, ofFirst.match, secondMatch)
  if (common) return toResolution([common])
  // If the first name is ambiguous, the second may say which record is meant.
  if (
    secondMatch &&
    ofFirst?.status === 'ambiguous' &&
    ofFirst.candidates.some(({ key }) => key === secondMatch.key)
  )
    return toResolution([secondMatch])
  const status = halves.every((half) => half !== undefined) ? 'ambiguous' : 'unresolved'
  return { status, candidates, detail: 'It is not certain that both names mean the same record.' }
}
