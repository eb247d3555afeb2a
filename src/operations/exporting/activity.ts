import { z } from 'zod'
import type { Activity, Period } from '../../formats/iati.ts'
import { flowTypes } from '../../model/iati-vocabularies.ts'
import type { IatiRoles, Resource } from '../../model/resource.ts'
import { activityStatuses, organizationKinds } from '../../model/vocabularies.ts'
import type { Publisher } from '../operation.ts'
import { flowCodes, organizationCodes, statusCodes, transactionCodes } from './iati-codes.ts'

/**
 * Converts records to IATI activities. Names of IATI have British spelling (`organisations`).
 */

const text = z.string()
const externalIds = z.array(z.object({ scheme: text, id: text })).default([])
const country = z.object({ code: text, name: text, alpha2: text.nullable(), validTo: text.nullable() })
const topic = z.object({ slug: text, name: text, scheme: text, code: text.nullable() })

/** The properties of a record and of its includes that IATI files use. */
const record = z.object({
  id: text,
  title: text,
  summary: text.nullable().default(null),
  status: z.enum(activityStatuses).nullable().default(null),
  startsOn: text.nullable().default(null),
  endsOn: text.nullable().default(null),
  participants: z.array(
    z.object({
      country: text.nullable(),
      organization: text.nullable(),
      region: text.nullable(),
      role: text,
    }),
  ),
  sectors: z.array(z.object({ topic: text, percentage: z.number().nullable() })).default([]),
  locations: z
    .array(
      z.object({
        name: text.nullable(),
        country: text.nullable(),
        latitude: z.number().nullable(),
        longitude: z.number().nullable(),
      }),
    )
    .default([]),
  amounts: z
    .array(
      z.object({
        kind: text,
        date: text.nullable(),
        amount: z.number(),
        currency: text,
        valueUsd: z.number().nullable(),
        note: text.nullable(),
      }),
    )
    .default([]),
  aidType: text.nullish(),
  flowType: z.enum(flowTypes).nullish(),
  financeType: text.nullish(),
  externalIds,
  createdAt: text,
  updatedAt: text,
  countries: z.array(country).default([]),
  organizations: z
    .array(z.object({ id: text, name: text, kind: z.enum(organizationKinds), externalIds }))
    .default([]),
  regions: z.array(z.object({ code: text, name: text })).default([]),
  topicDetails: z.array(topic).default([]),
  sectorDetails: z.array(topic).default([]),
  locationCountries: z.array(country).default([]),
})
type ActivityRecord = z.output<typeof record>

/** The earliest and latest day of each date, by its EDTF text; `-infinity` or `infinity` for an open end. */
const dateBoundsSchema = z.record(text, z.tuple([text, text]))
type DateBounds = z.output<typeof dateBoundsSchema>

const row = z.tuple([record, dateBoundsSchema])

/** Codes of activity date types. */
const dateTypes = { plannedStart: '1', actualStart: '2', plannedEnd: '3', actualEnd: '4' }

/** Role of an organisation that implements the activity. */
const implementing = '4'

/** Code of the publisher's own vocabulary, in the code lists of regions, sectors and tags. */
const ownVocabulary = '99'

/** Code of the vocabulary of UN M49 regions. */
const m49Vocabulary = '2'

/** The scheme of external ids that are IATI identifiers. */
const iatiScheme = 'iati'

/** Returns the day if it is finite and in the years 1 to 9999, so that it is a valid xsd:date; otherwise undefined. */
const finiteDay = (day: string | undefined): string | undefined =>
  day && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : undefined

/** Whether a bound of a date is open or in the years 1 to 9999. Versions of XML Schema differ about earlier years. */
const isWritable = (bound: string) => finiteDay(bound) !== undefined || /^-?infinity$/.test(bound)

const createdOn = ({ createdAt }: ActivityRecord) => createdAt.slice(0, 10)

/**
 * Returns the first and last day that a date may mean. If the first day is unknown, the period begins on the earlier of the
 * activity's start and the last day or, if both are unknown, on the day of the record's creation. If the last day is unknown,
 * the period ends on the day on which it begins.
 * @returns undefined if a day that is used is outside the years 1 to 9999.
 */
function findPeriod(
  activity: ActivityRecord,
  dateBounds: DateBounds,
  date: string | null,
): Period | undefined {
  const [earliest, latest] = (date !== null && dateBounds[date]) || []
  const [start] = (activity.startsOn !== null && dateBounds[activity.startsOn]) || []
  // The start matters only for an unknown first day.
  const replacement = finiteDay(earliest) === undefined ? start : undefined
  if (![earliest, latest, replacement].every((bound) => bound === undefined || isWritable(bound)))
    return undefined
  const [first] = [start, latest].flatMap((day) => finiteDay(day) ?? []).sort()
  const from = finiteDay(earliest) ?? first ?? createdOn(activity)
  return { start: from, end: finiteDay(latest) ?? from }
}

/** Whether a bound of a date is after a day of the years 1 to 9999. PostgreSQL writes years before 1 with ` BC`. */
const isAfter = (bound: string, day: string) =>
  !bound.endsWith(' BC') && (/^\d{5}/.test(bound) || bound > day)

/**
 * Returns the day at one end of a date: the first (0) or last (1) day that the date may mean. If this end is open, it returns
 * the day at the other end.
 * @returns the day, whether the end is open, and the date with its earliest day; undefined if the date is not known, is open at
 * both ends, or has a day outside the years 1 to 9999.
 */
function findBoundary(date: string | null, dateBounds: DateBounds, end: 0 | 1) {
  const bounds = date === null ? undefined : dateBounds[date]
  if (date === null || !bounds?.every(isWritable)) return undefined
  const ownDay = finiteDay(bounds[end])
  const day = ownDay ?? finiteDay(bounds[1 - end])
  return day === undefined ? undefined : { date, day, isOpen: ownDay === undefined, earliest: bounds[0] }
}

/**
 * Returns the dates of an activity. A date is an actual date if it may have come already and the status allows this, otherwise
 * a planned one. If the day of an actual date is after today, today is written. Without a date that IATI can express, the day of
 * the record's creation is the start.
 * @param options `status`: the status in the file. The start is planned while the status is `pipeline`; the end is actual only
 * with `finalisation` or `closed`.
 */
function toDates(
  activity: ActivityRecord,
  dateBounds: DateBounds,
  { status, today }: { status: ReturnType<typeof deriveStatus>; today: string },
): Activity['dates'] {
  const isPlanned = status === 'pipeline'
  const isOver = status === 'closed' || status === 'finalisation'
  const start = findBoundary(activity.startsOn, dateBounds, 0)
  const end = findBoundary(activity.endsOn, dateBounds, 1)
  if (start && end && start.day > end.day) {
    if (start.isOpen) start.day = end.day
    else if (end.isOpen) end.day = start.day
  }
  const toDate = ({ date, day, earliest }: NonNullable<typeof start>, planned: string, actual?: string) => {
    // IATI does not allow actual dates in the future.
    const isActual = actual !== undefined && !isAfter(earliest, today)
    const written = isActual && day > today ? today : day
    return { type: isActual ? actual : planned, day: written, note: date === written ? undefined : date }
  }
  const dates = [
    ...(start ? [toDate(start, dateTypes.plannedStart, isPlanned ? undefined : dateTypes.actualStart)] : []),
    ...(end ? [toDate(end, dateTypes.plannedEnd, isOver ? dateTypes.actualEnd : undefined)] : []),
  ]
  if (dates.length > 0) return dates
  const known = [activity.startsOn, activity.endsOn].filter((date) => date !== null)
  const reason =
    known.length === 0 ? 'No date is known.' : `IATI cannot express the known dates: ${known.join(' and ')}.`
  const note = `${reason} This is the day on which the record was created in the registry.`
  const [earliest] = (activity.startsOn !== null && dateBounds[activity.startsOn]) || []
  const isFuture = earliest !== undefined && isAfter(earliest, today)
  const type = isPlanned || isFuture ? dateTypes.plannedStart : dateTypes.actualStart
  return [{ type, day: createdOn(activity), note }]
}

/**
 * Returns the status. IATI requires one, so an unknown status is derived: `closed` if the record was changed after its end date,
 * otherwise `implementation`.
 */
function deriveStatus({ status, endsOn, updatedAt }: ActivityRecord, dateBounds: DateBounds) {
  if (status !== null) return status
  const end = endsOn === null ? undefined : dateBounds[endsOn]?.[1]
  const changedOn = updatedAt.slice(0, 10)
  return end === undefined || end === changedOn || isAfter(end, changedOn) ? 'implementation' : 'closed'
}

type Participant = Omit<ActivityRecord['participants'][number], 'role'> & {
  role: NonNullable<IatiRoles[string]>
}

/** Returns the participants whose role IATI has, without repetitions: several roles of the registry may have the same code. */
function selectParticipants({ participants }: ActivityRecord, roles: IatiRoles): Participant[] {
  const found = participants.flatMap(({ role, ...participant }): Participant[] => {
    const code = roles[role]
    // IATI has no role for organisations that receive aid, so they count as implementing.
    const iatiRole = code === 'recipient' && participant.organization !== null ? implementing : code
    return iatiRole ? [{ ...participant, role: iatiRole }] : []
  })
  return [...new Map(found.map((participant) => [JSON.stringify(participant), participant])).values()]
}

function toOrganisations(
  activity: ActivityRecord,
  participants: readonly Participant[],
): Activity['organisations'] {
  const found = participants.flatMap((participant) => {
    const { role } = participant
    if (role === 'recipient') return []
    const organization = activity.organizations.find(({ id }) => id === participant.organization)
    if (organization) {
      const ref = organization.externalIds.find(({ scheme }) => scheme === iatiScheme)?.id
      return [{ ref, type: organizationCodes[organization.kind], role, name: organization.name }]
    }
    const name =
      activity.countries.find(({ code }) => code === participant.country)?.name ??
      activity.regions.find(({ code }) => code === participant.region)?.name
    return name === undefined
      ? []
      : [{ type: participant.country ? organizationCodes.government : undefined, role, name }]
  })
  // IATI requires a participating organisation.
  return found.length > 0 ? found : [{ role: implementing, name: 'Not known' }]
}

/** IATI codes of countries that have no ISO 3166 code, by their keys in the registry. */
const iatiCountryCodes: Record<string, string> = { XKX: 'XK' }

/** The first UN M49 code for private use. */
const firstPrivateUseCode = '900'

/**
 * Returns the countries and regions that receive the activity. IATI has no codes for former states, whose ISO 3166 codes may
 * belong to other states today. So they are regions of the publisher's vocabulary.
 */
function toRecipients(
  activity: ActivityRecord,
  participants: readonly Participant[],
): Pick<Activity, 'countries' | 'regions'> {
  const countries: string[] = []
  const regions: Activity['regions'] = []
  for (const participant of participants.filter(({ role }) => role === 'recipient')) {
    const country = activity.countries.find(({ code }) => code === participant.country)
    const region = activity.regions.find(({ code }) => code === participant.region)
    const code = country?.validTo === null ? (iatiCountryCodes[country.code] ?? country.alpha2) : null
    if (code !== null) countries.push(code)
    else if (country) regions.push({ code: country.code, vocabulary: ownVocabulary, name: country.name })
    else if (region && region.code < firstPrivateUseCode)
      regions.push({ code: region.code, vocabulary: m49Vocabulary })
    else if (region) regions.push({ code: region.code, vocabulary: ownVocabulary, name: region.name })
  }
  return { countries, regions }
}

/** Whether a period is longer than a year, which IATI does not allow for budgets. */
function isOverAYear({ start, end }: Period): boolean {
  const years = Number(end.slice(0, 4)) - Number(start.slice(0, 4))
  return years > 1 || (years === 1 && end.slice(4) > start.slice(4))
}

type Amounts = Pick<Activity, 'budgets' | 'plannedDisbursements' | 'transactions' | 'otherAmounts'>

/** Converts the amounts. Those that IATI does not allow, such as transactions after today, become other amounts. */
function toAmounts(activity: ActivityRecord, dateBounds: DateBounds, today: string): Amounts {
  const amounts: Amounts = { budgets: [], plannedDisbursements: [], transactions: [], otherAmounts: [] }
  for (const { kind, date, amount, currency, valueUsd, note } of activity.amounts) {
    const period = findPeriod(activity, dateBounds, date)
    const type = transactionCodes[kind]
    const sum = { amount, currency, usd: valueUsd, note }
    const money = period && { ...sum, period, date: date === period.start ? null : date }
    if (money && kind === 'budget' && !isOverAYear(money.period)) amounts.budgets.push(money)
    else if (money && kind === 'planned_disbursement') amounts.plannedDisbursements.push(money)
    else if (money && type !== undefined && money.period.start <= today)
      amounts.transactions.push({ ...money, type })
    else amounts.otherAmounts.push({ ...sum, kind, date })
  }
  return amounts
}

/** Classifies a topic: IATI has vocabularies of CRS purposes (1) and categories (2); other topics are in the publisher's own. */
function classify({ slug, name, scheme, code }: z.output<typeof topic>) {
  if (scheme === 'crs' && code !== null) return { code, vocabulary: code.length === 5 ? '1' : '2' }
  return { code: slug, vocabulary: ownVocabulary, name }
}

function toSectors({ sectors, sectorDetails }: ActivityRecord): Activity['sectors'] {
  return sectors.flatMap(({ topic: slug, percentage }) => {
    const details = sectorDetails.find((sector) => sector.slug === slug)
    return details ? [{ ...classify(details), percentage }] : []
  })
}

/**
 * Returns a record as an IATI activity.
 * @param value a row of `iatiStatement`.
 * @param today the day of the export, such as `2011-04-05`.
 */
export function toActivity(
  value: unknown,
  { iatiRoles: roles = {} }: Resource,
  publisher: Publisher,
  today: string,
): Activity {
  const [found, dateBounds] = row.parse(value)
  const participants = selectParticipants(found, roles)
  const status = deriveStatus(found, dateBounds)
  const iatiId = found.externalIds.find(({ scheme }) => scheme === iatiScheme)
  const nameOfCountry = (code: string | null) =>
    found.locationCountries.find((country) => country.code === code)?.name
  const ownPrefix = `${publisher.iatiId}-`
  const identifier = iatiId?.id ?? `${ownPrefix}${found.id}`
  return {
    identifier,
    updatedAt: found.updatedAt,
    reporter: {
      ref: publisher.iatiId,
      type: publisher.iatiType,
      name: publisher.name,
      isSecondary: !identifier.startsWith(ownPrefix),
    },
    title: found.title,
    description: found.summary ?? found.title,
    organisations: toOrganisations(found, participants),
    otherIdentifiers: found.externalIds
      .filter((one) => one !== iatiId)
      .map(({ scheme, id }) => ({ ref: id, owner: scheme })),
    status: statusCodes[status],
    dates: toDates(found, dateBounds, { status, today }),
    ...toRecipients(found, participants),
    locations: found.locations.map(({ name, country, latitude, longitude }) => ({
      name: name ?? nameOfCountry(country),
      latitude,
      longitude,
    })),
    sectors: toSectors(found),
    tags: found.topicDetails.map(({ slug, name }) => ({ code: slug, vocabulary: ownVocabulary, name })),
    flowType: found.flowType ? flowCodes[found.flowType] : undefined,
    financeType: found.financeType ?? undefined,
    aidType: found.aidType ?? undefined,
    ...toAmounts(found, dateBounds, today),
  }
}
