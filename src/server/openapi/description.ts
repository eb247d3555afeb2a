import { operatorMeanings } from '../../model/filters.ts'
import { ifNoneMatch } from '../../operations/entity-tags.ts'
import { acceptLanguage } from '../../operations/language.ts'
import type { Endpoint, RequestHeader } from '../../operations/operation.ts'
import { endUserHeader } from '../plugins/client/end-user.ts'
import { positionHeader } from '../plugins/positions.ts'

/** The parts of the OpenAPI document that describe all operations together. */

/** Request headers of all operations; writes, however, refuse `If-None-Match`. Only the introduction describes these headers. */
export const commonHeaders: readonly RequestHeader[] = [
  endUserHeader,
  acceptLanguage,
  ifNoneMatch,
  positionHeader,
]

const headerItem = ({ name, description }: RequestHeader) => `- \`${name}\`: ${description}`

/** Returns the path of an operation below its resource, the same for every resource: `/{key}/merge`. */
const pathBelow = ({ path, tag, collection }: Endpoint) =>
  path.slice(`/v1/${tag}`.length).replace(`{${collection?.key.property}}`, '{key}')

/** Descriptions of the operations that every resource has, each once. */
function describeOperations(endpoints: readonly Endpoint[]): string {
  const described = endpoints.flatMap((endpoint) => {
    const { details } = endpoint.contract
    return details === undefined ? [] : [`- \`${endpoint.method} …${pathBelow(endpoint)}\`: ${details}`]
  })
  return [...new Set(described)].join('\n')
}

/** Describes the operators of filters, each once: first those of URLs, then those that only searches have. */
function describeOperators(endpoints: readonly Endpoint[]): string {
  const parameters = endpoints.flatMap(({ contract }) => Object.values(contract.query))
  const inUrls = new Set(parameters.flatMap(({ comparisons }) => Object.keys(comparisons)))
  const describe = (isInUrls: boolean, toCode: (operator: string) => string) =>
    Object.entries(operatorMeanings)
      .filter(([operator]) => operator !== 'eq' && inUrls.has(operator) === isInUrls)
      .map(([operator, meaning]) => `- \`${toCode(operator)}\`: ${meaning}`)
      .join('\n')
  return `${describe(true, (operator) => `[${operator}]`)}

Only searches have:

${describe(false, (operator) => operator)}`
}

/** Describes the API as a whole, in Markdown, with the `details` of each operation once. */
export const describeApi = (
  endpoints: readonly Endpoint[],
): string => `A registry of international science and technology cooperation: agreements, projects, cooperation bases and assistance programs, their participants and their sources. Nothing in a request is ignored: an unknown name or value is an error that suggests the closest valid one.

A request costs one unit of the rate limit, or as many as its \`x-cost\` says.

Headers of requests:

${commonHeaders.map(headerItem).join('\n')}

Header of responses to changes, even refused ones, if the registry has read replicas:

- \`Entente-Position\`: an opaque text, for the request header of the same name.

Headers of responses to reads:

- \`Cache-Control\`: caches must revalidate with \`If-None-Match\`; \`private\` for readers with a role.
- \`Content-Language\`: the language of names and labels.
- \`ETag\`: the entity tag. A record's ETag begins with its version. Changes return it, too.
- \`Link\` of a page: the URL of the next page, \`rel="next"\`, if there is one.
- \`Vary\`: the request headers that the response depends on.
- \`Cache-Status\` (RFC 9211): \`hit\` is from memory, \`fwd\` from the database. The request header \`Cache-Control: no-cache\` forces \`fwd\`; \`max-stale=60\` accepts \`hit; detail=stale\`, which has been out of date for up to 60 seconds and has the header \`Age\`.

Operations of every resource:

${describeOperations(endpoints)}

Operators of filters, in URLs in brackets after the name (\`signedOn[gte]=2011\`). A filter without an operator compares for equality.

${describeOperators(endpoints)}`
