import type { Registry } from '../../model/registry.ts'
import { pluralNoun, type Resource } from '../../model/resource.ts'
import { packageVersion } from '../../package-root.ts'
import { quote } from '../../problems/faults.ts'
import { didYouMeanSentence } from '../../problems/suggest.ts'
import { capitalize } from '../../wording.ts'
import { resourcesKnownByName } from '../names/index.ts'

/** The properties that a query may have, with their descriptions. */
export const queryProperties = {
  country: 'Country of an organization: a name or a code.',
  on: 'Date in EDTF: what the name meant at that time.',
  alpha2: 'Alpha-2 code of a country, instead of its name.',
  alpha3: 'Alpha-3 code of a country, instead of its name.',
  numeric: 'Numeric code of a country, instead of its name.',
  ror: 'ROR id of an organization, instead of its name.',
}

/** Maximum number of queries in a batch. A query has four types by default, and one request resolves at most `maxQueries` names. */
export const maxBatch = 250

/** Returns a resource as a type of the Reconciliation Service API 0.2, section 2.2. */
export const toType = (resource: Resource): { id: string; name: string } => ({
  id: resource.name,
  name: capitalize(pluralNoun(resource)),
})

/** Returns why a type that is not a resource is refused. */
export function unknownTypeDetail(registry: Registry, type: string): string {
  const known = registry.resources.map(({ name }) => name)
  return didYouMeanSentence(`There is no type ${quote(type)}`, type, known)
}

/**
 * Returns the manifest of the service (Reconciliation Service API 0.2, section 3.1).
 * @param baseUrl URL by which the client reaches the service, without a slash at its end.
 */
export function makeManifest(baseUrl: string, registry: Registry): Record<string, unknown> {
  const service = `${baseUrl}/reconcile`
  return {
    versions: ['0.2'],
    name: 'Entente',
    identifierSpace: `${service}/view?id=`,
    schemaSpace: `${baseUrl}/v1/`,
    serviceVersion: packageVersion,
    documentation: `${baseUrl}/docs`,
    defaultTypes: resourcesKnownByName(registry).map((name) => toType(registry.get(name))),
    view: { url: `${service}/view?id={{id}}` },
    preview: { url: `${service}/preview?id={{id}}`, width: 400, height: 160 },
    suggest: {
      entity: { service_url: service, service_path: '/suggest/entity' },
      type: { service_url: service, service_path: '/suggest/type' },
      property: { service_url: service, service_path: '/suggest/property' },
    },
    extend: {
      propose_properties: { service_url: service, service_path: '/extend/propose' },
      property_settings: [],
    },
    batchSize: maxBatch,
  }
}
