import type { Registry } from '../model/registry.ts'
import type { Endpoint } from '../operations/operation.ts'
import { actorEndpoint } from './actor.ts'
import { briefingEndpoint } from './briefing/briefing.ts'
import { catalogEndpoint } from './catalog.ts'
import { changesEndpoint } from './changes/changes.ts'
import { changesStreamEndpoint } from './changes/stream.ts'
import { importEndpoints } from './imports/http/index.ts'
import { keyEndpoints } from './keys.ts'
import { resolveEndpoint } from './names/endpoint.ts'
import { countryNetworkEndpoint, networkEndpoint } from './network/network.ts'
import { searchEndpoint } from './search/search.ts'
import { vocabulariesEndpoint } from './vocabularies.ts'

/** The endpoints of the API that are not operations of resources. */
export const endpoints = (registry: Registry): Endpoint[] => [
  searchEndpoint(registry),
  resolveEndpoint(registry),
  networkEndpoint(registry),
  countryNetworkEndpoint(registry),
  briefingEndpoint(registry),
  changesEndpoint(registry),
  changesStreamEndpoint(registry),
  vocabulariesEndpoint(registry),
  actorEndpoint,
  catalogEndpoint(registry),
  ...importEndpoints(registry),
  ...keyEndpoints,
]
