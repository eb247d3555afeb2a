import { byMultiValue, type Dimension, enumLabels } from '../dimensions.ts'
import type { Roles } from '../field.ts'
import type { Registry } from '../registry.ts'
import type { ParticipantValues } from './multi-values.ts'

/** Dimensions by participant. Combined with another of these dimensions, `role` is the role of the same participant. */
export const participantDimensions = (
  registry: Registry,
  multiValues: ParticipantValues,
  roles: Roles,
): Record<string, Dimension> => ({
  country: byMultiValue(
    multiValues.country,
    'country',
    'Country with which the filter `country` finds the record.',
    registry.nameOf('countries'),
  ),
  region: byMultiValue(
    multiValues.region,
    'region',
    'Region of M49, a continent, with which the filter `region` finds the record.',
    registry.nameOf('regions'),
  ),
  subregion: byMultiValue(
    multiValues.subregion,
    'subregion',
    'Subregion of M49 with which the filter `subregion` finds the record.',
    registry.nameOf('regions'),
  ),
  organization: byMultiValue(
    multiValues.organization,
    'organization',
    'Organization that takes part.',
    registry.nameOf('organizations'),
  ),
  role: byMultiValue(
    multiValues.role,
    'role',
    'Role of a participant. Grouped together with `country`, `organization`, `region` or `subregion`, it is the role of that participant.',
    enumLabels(roles),
  ),
})
