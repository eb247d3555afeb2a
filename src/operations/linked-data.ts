import { z } from 'zod'
import { findEdtfFault } from '../model/edtf.ts'
import { recordPath } from '../model/paths.ts'
import type { Resource } from '../model/resource.ts'
import { participantsProperty } from '../query/flat.ts'
import type { Publisher } from './operation.ts'

/** Records in the terms of schema.org (https://schema.org) and W3C PROV (https://www.w3.org/TR/prov-o/). */

const text = z.string().nullish()
const named = z.array(z.looseObject({ name: z.string() })).nullish()

const citation = z.looseObject({
  source: z.string(),
  property: text,
  locator: z.record(z.string(), z.string().nullable()).nullish(),
  url: text,
  excerpt: text,
  rank: text,
  sourceDetails: z.looseObject({ title: z.string(), url: text, publisher: text }).nullish(),
})

/** The properties of records of any resource that have a term in schema.org or PROV. */
const record = z.looseObject({
  title: text,
  name: text,
  aliases: named,
  alternativeTitles: named,
  summary: text,
  website: text,
  url: text,
  topics: z.array(z.string()).nullish(),
  officialName: text,
  acronym: text,
  ror: text,
  alpha2: text,
  numeric: text,
  scheme: text,
  code: text,
  publishedOn: text,
  externalIds: z.array(z.object({ scheme: z.string(), id: z.string() })).nullish(),
  version: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  citations: z.array(citation).nullish(),
})

/** The properties of an observation (https://schema.org/Observation). */
const observation = z.looseObject({
  value: z.number(),
  unit: text,
  qualifier: text,
  country: text,
  asOf: text,
})

const participant = z.looseObject({ country: text, organization: text, region: text, role: z.string() })

const nodeReference = ({ serviceUrl = '' }: Publisher, resource: string, key: string) => ({
  '@id': serviceUrl + recordPath({ resource, key }),
})

/** Returns the properties that are not empty. */
const filled = (properties: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(properties).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )

/** Returns the participants, each in its role (https://schema.org/Role). */
function contributors(resource: Resource, document: Record<string, unknown>, publisher: Publisher) {
  const property = participantsProperty(resource)
  const list = z.array(participant).safeParse(property && document[property]).data ?? []
  return list.map(({ country, organization, region, role }) => {
    const [name, key] = country
      ? ['countries', country]
      : organization
        ? ['organizations', organization]
        : ['regions', region ?? '']
    return { '@type': 'Role', roleName: role, contributor: nodeReference(publisher, name ?? '', key ?? '') }
  })
}

/** Returns a citation as the derivation of the record from a source. */
function derivation(
  { source, property, locator, url, excerpt, rank, sourceDetails }: z.output<typeof citation>,
  publisher: Publisher,
) {
  const locatorParts = filled(locator ?? {})
  return filled({
    '@type': 'prov:Derivation',
    'prov:entity': {
      ...nodeReference(publisher, 'sources', source),
      '@type': ['CreativeWork', 'prov:Entity'],
      ...filled({ name: sourceDetails?.title, url: sourceDetails?.url, publisher: sourceDetails?.publisher }),
    },
    'entente:property': property,
    'entente:locator': Object.keys(locatorParts).length > 0 ? locatorParts : undefined,
    'entente:excerpt': excerpt,
    'entente:rank': rank,
    'prov:atLocation': url ? { '@id': url } : undefined,
  })
}

const identifier = (propertyID: string, value: unknown) => ({ '@type': 'PropertyValue', propertyID, value })

/** Returns the external ids of a record, each with its scheme, and the codes of a country or region, each with its property. */
function identifiers({ naturalKey, schemaType }: Resource, found: z.output<typeof record>) {
  const codes = schemaType === 'DefinedTerm' ? [] : [naturalKey ?? '', 'alpha2', 'numeric']
  return [
    ...(found.externalIds ?? []).map(({ scheme, id }) => identifier(scheme, id)),
    ...codes.flatMap((name) => (found[name] ? [identifier(name, found[name])] : [])),
  ]
}

/** A date that schema.org accepts (ISO 8601): a day, month or year without a qualification. Seasons have the numbers 21 to 24. */
const plainDate = /^\d{4}(-(0\d|1[0-2])(-\d\d)?)?$/

/** Returns what an observation states: the value, its unit and qualifier, the country that it is about, and its date. */
function observed(document: Record<string, unknown>, publisher: Publisher) {
  const { value, unit, qualifier, country, asOf } = observation.parse(document)
  return {
    value,
    unitText: unit,
    'entente:qualifier': qualifier,
    observationAbout: country ? nodeReference(publisher, 'countries', country) : undefined,
    observationDate: plainDate.test(asOf ?? '') ? asOf : undefined,
  }
}

/**
 * Returns the date of the event, or the interval from the first to the last of its dates, in EDTF (ISO 8601-2); undefined if
 * no date is known, if EDTF has no such interval, such as one from `201X`, or if the resource has no event dates.
 */
function coverage({ eventDates }: Resource, document: Record<string, unknown>): string | undefined {
  if (!eventDates) return undefined
  const dates = eventDates
    .map((name) => document[name])
    .map((date) => (typeof date === 'string' ? date : '..'))
  const [start = '', end] = dates
  const text = end === undefined ? start : `${start.split('/')[0]}/${end.split('/').at(-1)}`
  return findEdtfFault(text) ? undefined : text
}

/**
 * Returns a record as JSON-LD.
 * @param value the record, with its citations if it has any.
 */
export function toLinkedData(resource: Resource, key: string, value: unknown, publisher: Publisher) {
  const found = record.parse(value)
  const citations = found.citations ?? []
  const sources = [...new Set(citations.map(({ source }) => source))]
  const node = nodeReference(publisher, resource.name, key)
  const otherNames = (found.aliases ?? found.alternativeTitles ?? []).map(({ name }) => name)
  return {
    '@context': [
      'https://schema.org',
      { prov: 'http://www.w3.org/ns/prov#', entente: 'https://entente.example/ns#' },
    ],
    ...node,
    '@type': [resource.schemaType ?? 'Thing', 'prov:Entity'],
    ...filled({
      name: found.title ?? found.name,
      alternateName: [found.officialName, found.acronym, ...otherNames].filter(Boolean),
      description: found.summary,
      url: found.website ?? found.url,
      sameAs: found.ror,
      identifier: identifiers(resource, found),
      ...(resource.schemaType === 'DefinedTerm' && {
        termCode: found.code,
        // A plain text would be taken for the IRI of the set.
        inDefinedTermSet: { '@type': 'DefinedTermSet', name: found.scheme },
      }),
      ...(resource.schemaType === 'Observation' && observed(found, publisher)),
      datePublished: plainDate.test(found.publishedOn ?? '') ? found.publishedOn : undefined,
      about: (found.topics ?? []).map((slug) => nodeReference(publisher, 'topics', slug)),
      contributor: contributors(resource, found, publisher),
      temporalCoverage: coverage(resource, found),
      // The version and the times belong to the record, not to the treaty or country that it describes.
      mainEntityOfPage: {
        '@id': `${node['@id']}/jsonld`,
        '@type': 'CreativeWork',
        version: found.version,
        dateCreated: found.createdAt,
        dateModified: found.updatedAt,
      },
      'prov:wasDerivedFrom': sources.map((source) => nodeReference(publisher, 'sources', source)),
      'prov:qualifiedDerivation': citations.map((one) => derivation(one, publisher)),
    }),
  }
}
