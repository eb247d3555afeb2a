import { z } from 'zod'
import type { Registry } from '../model/registry.ts'
import { pluralNoun, type Resource } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { ifNoneMatch, taggedResponse } from '../operations/entity-tags.ts'
import { type ExportFormat, exportFormats, exportMediaTypes } from '../operations/exporting/contract.ts'
import type { Endpoint, Publisher } from '../operations/operation.ts'
import { readResponses } from '../operations/response-schemas.ts'
import { capitalize } from '../wording.ts'

const schema = registerResponseSchema(
  'Catalog',
  z.looseObject({ '@id': z.string().meta({ description: 'Address of the catalogue.' }) }).meta({
    description: 'The catalogue of the registry, as DCAT in JSON-LD.',
    examples: [{ '@id': '/v1/catalog' }],
  }),
)

const context = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dcterms: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
}

const reference = (url: string, path: string) => ({ '@id': `${url}${path}` })

/** Returns the property with the media type of a format: `dcat:mediaType` is only for types that IANA has registered. */
function mediaTypeProperty(format: ExportFormat) {
  const [type = ''] = exportMediaTypes[format].split(';')
  return type.includes('/x-')
    ? { 'dcterms:format': { '@type': 'dcterms:MediaTypeOrExtent', 'rdfs:label': type } }
    : { 'dcat:mediaType': { '@id': `https://www.iana.org/assignments/media-types/${type}` } }
}

/** Returns a resource as a DCAT data set, with a distribution for each format of its exports. */
function dataset(resource: Resource, { serviceUrl: url = '' }: Publisher) {
  const { name, description } = resource
  const title = capitalize(pluralNoun(resource))
  const formats = exportFormats(resource).options
  return {
    ...reference(url, `/v1/${name}`),
    '@type': 'dcat:Dataset',
    'dcterms:title': title,
    'dcterms:description': description,
    'dcat:distribution': formats.map((format) => {
      const address = reference(url, `/v1/${name}/export?format=${format}`)
      return {
        '@type': 'dcat:Distribution',
        'dcterms:title': `${title} (${format})`,
        // The application profile for European data portals (DCAT-AP) requires `accessURL`. It may equal `downloadURL`.
        'dcat:accessURL': address,
        'dcat:downloadURL': address,
        ...mediaTypeProperty(format),
        ...(format === 'csv' && { 'dcterms:conformsTo': reference(url, `/v1/${name}/table-schema`) }),
      }
    }),
  }
}

/** `GET /v1/catalog`: the data sets of the registry, for data portals (DCAT 3, https://www.w3.org/TR/vocab-dcat-3/). */
export function catalogEndpoint(registry: Registry): Endpoint {
  return {
    method: 'GET',
    path: '/v1/catalog',
    tag: 'registry',
    contract: {
      operationId: 'getCatalog',
      summary: 'Describe the data sets of the registry',
      description:
        'Returns the catalogue of the registry as DCAT in JSON-LD: each resource is a data set with a distribution for each format of its exports. Addresses are absolute if the service knows its own (`PUBLIC_URL`).',
      access: 'read',
      query: {},
      headers: [ifNoneMatch],
      mediaType: 'application/ld+json',
      responses: readResponses('The catalogue.', () => schema),
    },

    handle: async (_request, { publisher }) => {
      const { serviceUrl: url = '', name } = publisher
      const body = {
        '@context': context,
        ...reference(url, '/v1/catalog'),
        '@type': 'dcat:Catalog',
        'dcterms:title': name,
        'dcterms:description': 'International cooperation in science and technology, with sources.',
        'dcterms:publisher': { '@type': 'foaf:Agent', 'foaf:name': name },
        'dcat:service': {
          '@type': 'dcat:DataService',
          'dcterms:title': 'The API',
          'dcat:endpointURL': reference(url, '/v1'),
          'dcat:endpointDescription': reference(url, '/openapi.json'),
        },
        'dcat:dataset': registry.resources.map((resource) => dataset(resource, publisher)),
      }
      return { ...taggedResponse(JSON.stringify(body)), type: 'application/ld+json; charset=utf-8' }
    },
  }
}
