import type { FastifyReply } from 'fastify'

/** Sets headers of a reply. Retains what plugins have added to `Vary`, such as `Origin`. */
export function setReplyHeaders(reply: FastifyReply, headers: Record<string, string>): FastifyReply {
  const present = reply.getHeader('vary')
  reply.headers(headers)
  if (present === undefined || headers.vary === undefined) return reply
  const names = `${present}, ${headers.vary}`.split(', ')
  return reply.header('vary', [...new Set(names)].join(', '))
}
