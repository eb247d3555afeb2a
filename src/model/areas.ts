import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { textArray } from '../database/columns.ts'
import { byMultiValue, type Dimension } from './dimensions.ts'
import { type Filter, filterByAny, isInAny, withMultiValue } from './filters.ts'
import { keys } from './keys.ts'
import { multiValueRows } from './multi-values.ts'
import { countryAreas } from './participants/multi-values.ts'
import type { Registry } from './registry.ts'

/**
 * Filters by the regions of a record's country, for records with at most one country. `Area` in names means a region of any level,
 * since `region` is also the name of one level.
 * @param id the column with the record's id.
 * @param country the column with the country's code.
 * @param description a sentence that ends the description of each filter.
 */
export function areaFilters(
  id: AnyPgColumn,
  country: AnyPgColumn,
  description: string,
): Record<string, Filter> {
  const subregions = countryAreas(id, country, 'subregion')
  return {
    region: withMultiValue(
      filterByAny(
        keys.region(),
        `Region at any level, or group of countries. ${description}`,
        (values) => sql`${country} = any(array(select countries_within(${textArray(values)})))`,
      ),
      countryAreas(id, country, 'region', 'any'),
    ),
    subregion: withMultiValue(
      filterByAny(keys.region(), `Subregion of M49. ${description}`, (values, getOtherFilter) =>
        isInAny(id, [
          sql`select related.record from (${multiValueRows(subregions, getOtherFilter)}) related where related.value = any(${textArray(values)})`,
        ]),
      ),
      subregions,
    ),
  }
}

/** Dimensions by the regions of a record's country, for records with at most one country. */
export const areaDimensions = (
  registry: Registry,
  id: AnyPgColumn,
  country: AnyPgColumn,
): Record<string, Dimension> => ({
  region: byMultiValue(
    countryAreas(id, country, 'region'),
    'region',
    'Region of M49: a continent.',
    registry.nameOf('regions'),
  ),
  subregion: byMultiValue(
    countryAreas(id, country, 'subregion'),
    'subregion',
    'Subregion of M49.',
    registry.nameOf('regions'),
  ),
})
