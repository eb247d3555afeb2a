import { agreements as agreementsTable } from '../../database/tables/agreements.ts'
import { assistancePrograms as programsTable } from '../../database/tables/assistance-programs.ts'
import { cooperationBases as basesTable } from '../../database/tables/cooperation-bases.ts'
import { projects as projectsTable } from '../../database/tables/projects.ts'
import type { Condition } from '../../query/condition.ts'
import { type CheckedQuery, invalid, wordsOf } from '../../query/parameters.ts'
import { planSearch } from '../../query/search.ts'
import { agreements } from '../../resources/agreements.ts'
import { assistancePrograms } from '../../resources/assistance-programs.ts'
import { placesOf } from '../../resources/conditions.ts'
import { cooperationBases } from '../../resources/cooperation-bases.ts'
import { projects } from '../../resources/projects.ts'

/**
 * The resources that actors take part in: how their rows are pointed to, where they are, and the dates between which
 * they happen. With one date, they happen then; with two, from the one to the other.
 */
export const subjects = [
  {
    resource: agreements,
    owner: 'agreementId',
    places: placesOf.agreements,
    dates: ['signedOn'],
    days: [agreementsTable.signedOnEarliest, agreementsTable.signedOnLatest],
  },
  {
    resource: projects,
    owner: 'projectId',
    places: placesOf.projects,
    dates: ['startsOn', 'endsOn'],
    days: [
      projectsTable.startsOnEarliest,
      projectsTable.endsOnEarliest,
      projectsTable.startsOnLatest,
      projectsTable.endsOnLatest,
    ],
  },
  {
    resource: cooperationBases,
    owner: 'cooperationBaseId',
    places: placesOf['cooperation-bases'],
    dates: ['designatedOn'],
    days: [basesTable.designatedOnEarliest, basesTable.designatedOnLatest],
  },
  {
    resource: assistancePrograms,
    owner: 'assistanceProgramId',
    places: placesOf['assistance-programs'],
    dates: ['startsOn', 'endsOn'],
    days: [
      programsTable.startsOnEarliest,
      programsTable.endsOnEarliest,
      programsTable.startsOnLatest,
      programsTable.endsOnLatest,
    ],
  },
] as const

export type Subject = (typeof subjects)[number]

/** The records of one resource that a network is made of. */
export interface Selected {
  subject: Subject
  /** Conditions of `POST …/search` that all hold for them. */
  conditions: object[]
  /** The same as the query language compiles it. */
  where: Condition
}

/** Conditions that a record may have happened in a time. What has no end goes on, what has no start has always been. */
function timeConditions(dates: Subject['dates'], from?: string, to?: string, undated?: string): object[] {
  const [start, end = start] = dates
  const orOpen = (date: string, bound: object) =>
    start === end ? { [date]: bound } : { or: [{ [date]: bound }, { [date]: { isNull: true } }] }
  const conditions = [
    ...(from === undefined ? [] : [orOpen(end, { gte: from })]),
    ...(to === undefined ? [] : [orOpen(start, { lte: to })]),
  ]
  if (conditions.length === 0) return []
  const names = [...new Set([start, end])]
  if (undated === 'include') {
    const without = names.map((name) => ({ [name]: { isNull: true } }))
    return [{ or: [{ and: conditions }, { and: without }] }]
  }
  return start === end
    ? conditions
    : [...conditions, { or: names.map((name) => ({ [name]: { isNull: false } })) }]
}

/**
 * The records that a network's query selects, resource by resource, as searches that find the same.
 * @param country that takes part in all of them, if one is given.
 * @throws Problem `invalid-parameter` for `undated` without a time.
 */
export function selectedRecords(query: CheckedQuery, country?: string): Selected[] {
  const [from] = wordsOf(query, 'from')
  const [to] = wordsOf(query, 'to')
  const [undated] = wordsOf(query, 'undated')
  if (undated !== undefined && from === undefined && to === undefined) {
    const message = 'says nothing without "from" or "to"'
    throw invalid([{ parameter: 'undated', code: 'needs_other', message }])
  }
  const wanted = wordsOf(query, 'resource')
  const topics = wordsOf(query, 'topic')
  return subjects
    .filter(({ resource }) => wanted.length === 0 || wanted.includes(resource.name))
    .map((subject) => {
      const conditions = [
        ...(country === undefined ? [] : [{ country: { eq: country } }]),
        ...(topics.length > 0 ? [{ topic: { in: topics } }] : []),
        ...timeConditions(subject.dates, from, to, undated),
      ]
      const where = conditions.length > 0 ? { where: { and: conditions } } : {}
      return { subject, conditions, where: planSearch(subject.resource, where).where }
    })
}
