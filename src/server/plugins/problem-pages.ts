import fp from 'fastify-plugin'
import { inlineHtml } from '../../formats/html.ts'
import { Problem } from '../../problems/problem.ts'
import { didYouMeanSentence } from '../../problems/suggest.ts'
import { problemTypes } from '../../problems/types.ts'

const page = (title: string, content: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><main><h1>${title}</h1>${content}</main></body></html>`

const pages = new Map(
  Object.entries(problemTypes).map(([type, { status, title, explanation }]) => [
    type,
    page(inlineHtml(title), `<p>HTTP status ${status}</p><p>${inlineHtml(explanation)}</p>`),
  ]),
)

const overview = page(
  'Problem types of this service',
  `<ul>${Object.entries(problemTypes)
    .map(
      ([type, { status, title }]) =>
        `<li><a href="/problems/${type}">${inlineHtml(title)}</a> (${status})</li>`,
    )
    .join('')}</ul>`,
)

/** Serves the pages that the `type` of every problem links to. */
export const problemPages = fp(
  async function problemPages(app) {
    const html = 'text/html; charset=utf-8'
    app.get('/problems', async (_request, reply) => reply.type(html).send(overview))
    app.get<{ Params: { type: string } }>('/problems/:type', async ({ params: { type } }, reply) => {
      const found = pages.get(type)
      if (found) return reply.type(html).send(found)
      const detail = didYouMeanSentence(`There is no problem type "${type}"`, type, [...pages.keys()])
      throw new Problem('not-found', detail)
    })
  },
  { name: 'problem-pages' },
)
