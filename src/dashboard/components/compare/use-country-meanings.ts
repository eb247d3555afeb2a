import { type ComparedCountries, type CountryMeaning, countryReads } from '../../../view-data.ts'
import { readApi, toApiError } from '../../api/client.ts'
import type { Country } from '../../api/types.ts'
import { useRead } from '../../api/use-read.ts'

/**
 * Reads the country that a code means: if the country was merged into another one, the API returns the other one.
 * @returns null if there is no such country, or the code is wrong.
 */
async function readCode(path: string, language: string, signal: AbortSignal): Promise<string | null> {
  try {
    return (await readApi<Pick<Country, 'code'>>(path, language, signal)).code
  } catch (failure) {
    if ([400, 404].includes(toApiError(failure).status)) return null
    throw failure
  }
}

/**
 * Finds out which countries the codes of a comparison mean at its times. As of a time after its merge, a filter by the code of a
 * merged country finds nothing.
 * @returns the meaning of each code at each time; until the countries are read, each code means itself.
 */
export function useCountryMeanings(compared: ComparedCountries): CountryMeaning[] {
  const reads = countryReads(compared)
  const name = reads.map(({ path }) => path).join(' ')
  const { body = [] } = useRead(name === '' ? null : name, (language, signal) =>
    Promise.all(reads.map(({ path }) => readCode(path, language, signal))),
  )
  return reads.map(({ code }, index) => [code, body[index] ?? code])
}
