import type { FastifyReply } from 'fastify'

/** Adds names of request headers to `Vary`, each once. Retains what plugins have added, such as `Origin`. */
export function addToVary(reply: FastifyReply, ...names: string[]): FastifyReply {
  const present = String(reply.getHeader('vary') ?? '')
  const all = [...present.split(', '), ...names].filter((name) => name !== '')
  // An empty `Vary` is not valid.
  return all.length > 0 ? reply.header('vary', [...new Set(all)].join(', ')) : reply
}
