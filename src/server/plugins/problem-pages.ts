import type { FastifyInstance } from 'fastify'
import { Problem } from '../../problems/problem.ts'
import { didYouMean } from '../../problems/suggest.ts'
import { problemTypes } from '../../problems/types.ts'

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')

const page = (title: string, content: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><main><h1>${title}</h1>${content}</main></body></html>`

const pages = new Map(
  Object.entries(problemTypes).map(([type, { status, title, explanation }]) => [
    type,
    page(escaped(title), `<p>HTTP status ${status}</p><p>${escaped(explanation)}</p>`),
  ]),
)

const overview = page(
  'Problems that this service answers',
  `<ul>${Object.entries(problemTypes)
    .map(
      ([type, { status, title }]) => `<li><a href="/problems/${type}">${escaped(title)}</a> (${status})</li>`,
    )
    .join('')}</ul>`,
)

/** The pages that the `type` of every problem leads to. */
export function serveProblemPages(app: FastifyInstance): void {
  app.get('/problems', async (_request, reply) => reply.type('text/html; charset=utf-8').send(overview))
  app.get<{ Params: { type: string } }>('/problems/:type', async ({ params: { type } }, reply) => {
    const found = pages.get(type)
    if (found) return reply.type('text/html; charset=utf-8').send(found)
    throw new Problem(
      'not-found',
      `There is no problem type "${type}"${didYouMean(type, [...pages.keys()])}.`,
    )
  })
}
