import type { Registry } from '../model/registry.ts'
import type { Endpoint } from '../operations/operation.ts'
import { actorEndpoint } from './actor.ts'
import { briefing } from './briefing/briefing.ts'
import { catalog } from './catalog.ts'
import { changes } from './changes/changes.ts'
import { changesStream } from './changes/stream.ts'
import { importEndpoints } from './imports/http/index.ts'
import { keyEndpoints } from './keys.ts'
import { resolveEndpoint } from './names/endpoint.ts'
import { countryNetwork, network } from './network/network.ts'
import { search } from './search/search.ts'
import { vocabularyList } from './vocabularies.ts'

/** The endpoints of the API that are not operations of resources. */
export const endpoints = (registry: Registry): Endpoint[] => [
  search(registry),
  resolveEndpoint(registry),
  network(registry),
  countryNetwork(registry),
  briefing(registry),
  changes(registry),
  changesStream(registry),
  vocabularyList(registry),
  actorEndpoint,
  catalog(registry),
  ...importEndpoints(registry),
  ...keyEndpoints,
]
