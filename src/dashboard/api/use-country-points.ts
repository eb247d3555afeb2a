import type { Country } from './types.ts'
import { type Records, usePages } from './use-pages.ts'
import type { ApiState } from './use-read.ts'

/** Maximum number of pages of 200 countries: enough for all countries. */
const maxCountryPages = 5

/** Reads the codes of all countries, each with the coordinates of its marker on maps. */
export const useCountryPoints = (): ApiState<Records<Pick<Country, 'code' | 'labelPoint'>>> =>
  usePages('/v1/countries', { fields: 'code,labelPoint' }, maxCountryPages)
