// Resources refer to one another in circles, which are to be entered here and not at one of them.
import '../resources/index.ts'

import type { Endpoint } from '../operations/operation.ts'
import { changes } from './changes/changes.ts'
import { changesStream } from './changes/stream.ts'
import { keyEndpoints } from './keys.ts'
import { countryNetwork, network } from './network/network.ts'
import { search } from './search/search.ts'

/** Every endpoint that is not an operation of the grid. */
export const endpoints: readonly Endpoint[] = [
  search,
  network,
  countryNetwork,
  changes,
  changesStream,
  ...keyEndpoints,
]
