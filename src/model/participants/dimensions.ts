import { byRelation, type Dimension, enumLabels } from '../dimensions.ts'
import type { Roles } from '../field.ts'
import type { Registry } from '../registry.ts'
import type { ParticipantRelations } from './relations.ts'

/** Dimensions by participant. Combined with another of these dimensions, `role` is the role of the same participant. */
export const participantDimensions = (
  registry: Registry,
  relations: ParticipantRelations,
  roles: Roles,
): Record<string, Dimension> => ({
  country: byRelation(
    relations.country,
    'country',
    'Country, as the filter `country` finds it.',
    registry.nameOf('countries'),
  ),
  region: byRelation(
    relations.region,
    'region',
    'Region of M49, a continent, as the filter `region` finds it.',
    registry.nameOf('regions'),
  ),
  subregion: byRelation(
    relations.subregion,
    'subregion',
    'Subregion of M49, as the filter finds it.',
    registry.nameOf('regions'),
  ),
  organization: byRelation(
    relations.organization,
    'organization',
    'Organization that takes part.',
    registry.nameOf('organizations'),
  ),
  role: byRelation(
    relations.role,
    'role',
    'Role of a participant. Grouped together with `country`, `organization`, `region` or `subregion`, it is the role of that participant.',
    enumLabels(roles),
  ),
})
