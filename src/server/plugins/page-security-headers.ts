import fp from 'fastify-plugin'

/** Headers of HTML pages, in addition to the headers of every response. */
export const pageHeaders = { 'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer' }

/** Sets the headers that HTML pages need, in the scope of their routes. */
export const pageSecurityHeaders = fp(
  async function pageSecurityHeaders(app) {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(pageHeaders)
      done()
    })
  },
  { name: 'page-security-headers', dependencies: ['security-headers'] },
)
