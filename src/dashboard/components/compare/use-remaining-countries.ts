import { apiRecordPath } from '../../../view-data.ts'
import { readApi, toApiError } from '../../api/client.ts'
import { withQuery } from '../../api/path.ts'
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
 * Finds the countries into which some of the given countries were merged before one of the given times. As of that time, a filter by
 * the code of a merged country finds nothing.
 * @param times undefined means now.
 * @returns the codes of the countries that remain; empty until they are read.
 */
export function useRemainingCountries(
  codes: readonly string[],
  times: readonly (string | undefined)[],
): string[] {
  const reads = codes.flatMap((code) =>
    times.map((asOf) => ({
      code,
      path: withQuery(apiRecordPath('countries', code), { fields: 'code', asOf }),
    })),
  )
  const name = reads.map(({ path }) => path).join(' ')
  const { body = [] } = useRead(name === '' ? null : name, (language, signal) =>
    Promise.all(reads.map(({ path }) => readCode(path, language, signal))),
  )
  return body.flatMap((code, index) => (code === null || code === reads[index]?.code ? [] : [code]))
}
