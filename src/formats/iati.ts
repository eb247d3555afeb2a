import { xmlElement, xmlText } from './xml.ts'

/**
 * Writes IATI activity files, version 2.03 (https://iatistandard.org/en/iati-standard/203/). Codes are from IATI's code lists.
 * Names have the spelling of the standard, such as `organisation`.
 */

/** The first and the last day, as xsd:date. */
export interface Period {
  start: string
  end: string
}

/** An organisation, country or other body that takes part. */
export interface ParticipatingOrganisation {
  ref?: string | undefined
  type?: string | undefined
  role: string
  name: string
}

/** A classification: a code of a vocabulary. A code of the publisher's own vocabulary (`99`) also has a name. */
export interface Classification {
  code: string
  vocabulary: string
  name?: string | undefined
  percentage?: number | null
}

/** An amount of money as a source states it. */
interface Sum {
  amount: number
  currency: string
  /** The value in US dollars; in elements of IATI, an attribute of the registry's namespace. */
  usd: number | null
  note: string | null
  /** The date in EDTF; in elements of IATI, an attribute of the registry's namespace. */
  date: string | null
}

/**
 * An amount of money, and its period: the first and last day that its date may mean. If one of them is unknown, the caller gives another
 * day instead, such as the first day of the activity. `date` is null if it is unknown, or if it is exactly the first day.
 */
interface MoneyValue extends Sum {
  period: Period
}

/** An activity: the elements of the IATI standard that the registry has data for. */
export interface Activity {
  identifier: string
  updatedAt: string
  /** The reporting organisation; `isSecondary` if another organisation has assigned `identifier`, which does not begin with `ref`. */
  reporter: { ref: string; type: string; name: string; isSecondary: boolean }
  title: string
  description: string
  organisations: ParticipatingOrganisation[]
  otherIdentifiers: { ref: string; owner: string }[]
  status: string
  dates: { type: string; day: string; note?: string | undefined }[]
  countries: string[]
  regions: Classification[]
  locations: { name?: string | undefined; latitude?: number | null; longitude?: number | null }[]
  sectors: Classification[]
  tags: Classification[]
  flowType?: string | undefined
  financeType?: string | undefined
  aidType?: string | undefined
  budgets: MoneyValue[]
  plannedDisbursements: MoneyValue[]
  transactions: (MoneyValue & { type: string })[]
  /** Amounts whose kind or date IATI does not allow, such as budgets for more than a year: elements of the registry's namespace. */
  otherAmounts: (Sum & { kind: string })[]
}

/** Namespace of the registry's elements and attributes. The standard allows other namespaces. */
const registryNamespace = 'https://entente.example/ns/iati'

/** Whether all letters of a text are Chinese characters. */
const isChinese = (text: string) => /\p{Script=Han}/u.test(text) && !/(?!\p{Script=Han})\p{L}/u.test(text)

// The registry does not store the language of texts. A text that is not Chinese gets no `xml:lang`, so it counts as English, the
// language of the activity.
const narrative = (text: string) =>
  xmlElement('narrative', { 'xml:lang': isChinese(text) ? 'zh' : undefined }, [xmlText(text)])

/** The type "other activity identifier" of the code list `OtherIdentifierType`. */
const otherActivityIdentifier = 'A9'

const code = (name: string, value: string | undefined) =>
  value === undefined ? [] : [xmlElement(name, { code: value })]

/** Returns an element `value`. @param note the note of the amount, if the parent element cannot have a description. */
const value = ({ amount, currency, usd, period, date }: MoneyValue, note: string | null = null) => {
  const own = { 'entente:value-usd': usd, 'entente:date': date, 'entente:note': note }
  return xmlElement('value', { currency, 'value-date': period.start, ...own }, [String(amount)])
}

const classification = (name: string, { code, vocabulary, name: text, percentage }: Classification) =>
  xmlElement(name, { vocabulary, code, percentage }, text === undefined ? [] : [narrative(text)])

const day = (name: string, date: string) => xmlElement(name, { 'iso-date': date })

const periodElements = ({ start, end }: Period) => [day('period-start', start), day('period-end', end)]

const location = ({ name, latitude, longitude }: Activity['locations'][number]) =>
  xmlElement('location', {}, [
    ...(name === undefined ? [] : [xmlElement('name', {}, [narrative(name)])]),
    ...(typeof latitude === 'number' && typeof longitude === 'number'
      ? [
          xmlElement('point', { srsName: 'http://www.opengis.net/def/crs/EPSG/0/4326' }, [
            xmlElement('pos', {}, [`${latitude} ${longitude}`]),
          ]),
        ]
      : []),
  ])

const transaction = (money: Activity['transactions'][number]) =>
  xmlElement('transaction', {}, [
    ...code('transaction-type', money.type),
    day('transaction-date', money.period.start),
    value(money),
    ...(money.note ? [xmlElement('description', {}, [narrative(money.note)])] : []),
  ])

const otherAmount = ({ kind, date, currency, usd, note, amount }: Activity['otherAmounts'][number]) =>
  xmlElement('entente:amount', { kind, date, currency, 'value-usd': usd, note }, [String(amount)])

/** Returns an activity as an element `iati-activity`, with its children in the order of the schema. */
function iatiActivity(activity: Activity): string {
  const { ref, type, name, isSecondary } = activity.reporter
  const reporter = { ref, type, 'secondary-reporter': isSecondary ? 1 : undefined }
  return xmlElement('iati-activity', { 'last-updated-datetime': activity.updatedAt, 'xml:lang': 'en' }, [
    xmlElement('iati-identifier', {}, [xmlText(activity.identifier)]),
    xmlElement('reporting-org', reporter, [narrative(name)]),
    xmlElement('title', {}, [narrative(activity.title)]),
    xmlElement('description', {}, [narrative(activity.description)]),
    ...activity.organisations.map(({ ref, type, role, name }) =>
      xmlElement('participating-org', { ref, type, role }, [narrative(name)]),
    ),
    ...activity.otherIdentifiers.map(({ ref, owner }) =>
      xmlElement('other-identifier', { ref, type: otherActivityIdentifier }, [
        xmlElement('owner-org', {}, [narrative(owner)]),
      ]),
    ),
    ...code('activity-status', activity.status),
    ...activity.dates.map(({ type, day: date, note }) =>
      xmlElement('activity-date', { type, 'iso-date': date }, note === undefined ? [] : [narrative(note)]),
    ),
    ...activity.countries.flatMap((country) => code('recipient-country', country)),
    ...activity.regions.map((region) => classification('recipient-region', region)),
    ...activity.locations.map(location),
    ...activity.sectors.map((sector) => classification('sector', sector)),
    ...activity.tags.map((tag) => classification('tag', tag)),
    ...code('default-flow-type', activity.flowType),
    ...code('default-finance-type', activity.financeType),
    ...code('default-aid-type', activity.aidType),
    ...activity.budgets.map((budget) =>
      xmlElement('budget', {}, [...periodElements(budget.period), value(budget, budget.note)]),
    ),
    ...activity.plannedDisbursements.map((planned) =>
      xmlElement('planned-disbursement', {}, [
        ...periodElements(planned.period),
        value(planned, planned.note),
      ]),
    ),
    ...activity.transactions.map(transaction),
    ...activity.otherAmounts.map(otherAmount),
  ])
}

/** Streams an activity file. @param generatedAt a time in RFC 3339. */
export async function* writeActivityFile(
  batches: AsyncIterable<Activity[]>,
  generatedAt: string,
): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03" generated-datetime="${generatedAt}" xmlns:entente="${registryNamespace}">\n`
  for await (const batch of batches) yield batch.map((activity) => `${iatiActivity(activity)}\n`).join('')
  yield '</iati-activities>\n'
}
