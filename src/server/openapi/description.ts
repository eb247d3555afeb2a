import { acceptLanguage } from '../../operations/language.ts'
import type { RequestHeader } from '../../operations/operation.ts'
import { clientId } from '../plugins/client/end-client.ts'
import { positionHeader } from '../plugins/positions.ts'

/** What the OpenAPI document says once, of all operations. */

const requestHeader = ({ name, description }: RequestHeader) => `- \`${name}\`: ${description}`

/** The description of the document, in Markdown. */
export const description = `A registry of international science and technology cooperation: agreements, projects, cooperation bases and assistance programs, their participants and their sources. Nothing in a request is ignored: an unknown name or value is an error that suggests the closest valid one.

A request costs one unit of the rate limit, or as many as its \`x-cost\` says.

Headers of any request:

${[clientId, acceptLanguage, positionHeader].map(requestHeader).join('\n')}

Header of every answer to a change, where the registry has read replicas:

- \`Entente-Position\`: an opaque text, for the request header of the same name.

Headers of every answer to a read:

- \`Cache-Control\`: whoever keeps the answer must ask whether it is current, with \`If-None-Match\`; \`private\` where reading needs a key.
- \`Content-Language\`, of an answer with names or labels: their language.
- \`ETag\`: the entity tag of the answer, also to a change; that of a record is its version in quotes.
- \`Vary\`: the request headers that the answer depends on.
- \`Cache-Status\`: where the answer is from (RFC 9211). \`hit\` is from memory, \`fwd\` from the database. \`Cache-Control: no-cache\` on a request insists on the latter; \`max-stale=60\` accepts \`hit; detail=stale\`, which has been out of date for up to 60 seconds and has the header \`Age\`.`
