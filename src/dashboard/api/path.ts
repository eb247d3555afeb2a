import { appendQuery } from '../../view-data.ts'

/**
 * Returns a path, of the API or of a view, with a query string. A parameter that is undefined or an empty text is left out;
 * lists are joined by commas.
 */
export const withQuery = (
  path: string,
  parameters: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): string =>
  appendQuery(
    path,
    Object.fromEntries(
      Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
        value === undefined || value === ''
          ? []
          : [[name, typeof value === 'object' ? value.join(',') : String(value)]],
      ),
    ),
  )
