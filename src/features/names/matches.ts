import type { NamedRecord } from './entries.ts'
import type { NameIndex } from './name-index.ts'
import { type MatchReason, type NameMatch, type Resolution, reasonScores } from './types.ts'

/** Matches of a name: records that it may mean. */

/** Whether `later` is the same state as `former` under a new name. ISO then keeps the numeric code. */
export function isSameState(former: NamedRecord | undefined, later: NamedRecord | undefined): boolean {
  const numeric = former?.codes?.numeric
  return numeric !== undefined && numeric === later?.codes?.numeric && former?.to !== undefined
}

/**
 * Returns the match that both names of a text mean: of two matches of one record, the first; of a state and the same state under
 * a new name, the latter; of a territory (`one`) and the state responsible for it (`other`), the territory. Otherwise undefined.
 */
export function commonRecord(index: NameIndex, one: NameMatch, other: NameMatch): NameMatch | undefined {
  const first = index.records.get(one.key)
  const second = index.records.get(other.key)
  if (one.key === other.key || first?.responsibleState === other.key || isSameState(second, first)) return one
  return isSameState(first, second) ? other : undefined
}

/** Returns the best match of each record, the best first. */
export function bestOfEach(matches: readonly NameMatch[]): NameMatch[] {
  const best = new Map<string, NameMatch>()
  for (const match of matches) {
    const known = best.get(match.key)
    if (!known || known.score < match.score) best.set(match.key, match)
  }
  return [...best.values()].sort((one, other) => other.score - one.score)
}

/** Returns a resolution from matches: `resolved` if all matches are of one record, otherwise `ambiguous`. */
export function toResolution(matches: readonly NameMatch[]): Resolution {
  const candidates = bestOfEach(matches)
  const [match, ...others] = candidates
  if (match && others.length === 0) return { status: 'resolved', match, candidates }
  return { status: 'ambiguous', candidates, detail: 'Several records have this name.' }
}

/** Returns a match of a record, with a note on it for people. */
export function recordMatch(
  index: NameIndex,
  record: NamedRecord,
  reason: MatchReason,
  score = reasonScores[reason],
): NameMatch {
  const note = makeNote(index, record, reason)
  return {
    key: record.key,
    name: record.name,
    score: Math.round(score * 1000) / 1000,
    reason,
    ...(note !== undefined && { note }),
  }
}

function makeNote(index: NameIndex, record: NamedRecord, reason: MatchReason): string | undefined {
  const nameWithKey = (key: string) => `${index.records.get(key)?.name ?? key} (${key})`
  // The record is the whole country: the territory that has this name has no record.
  if (reason === 'territory') return `This is the name of a part of ${nameWithKey(record.key)}.`
  const { responsibleState, to, successors = [] } = record
  if (responsibleState !== undefined) return `${nameWithKey(responsibleState)} is responsible for it.`
  if (to === undefined) return undefined
  return successors.length > 0 ? `Until ${to}; followed by ${successors.join(', ')}.` : `Until ${to}.`
}
