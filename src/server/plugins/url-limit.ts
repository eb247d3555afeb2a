import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'

/**
 * Maximum length of path and query, in characters. Every cursor fits. 2 KiB are left for headers, since Node.js limits request
 * line and headers together to 16 KiB (`maxHeaderSize`).
 */
const maxUrlLength = 14 * 1024

/** Refuses longer URLs with 414. */
export const urlLimit = fp(
  async function urlLimit(app) {
    app.addHook('onRequest', ({ url }, _reply, done) => {
      if (url.length <= maxUrlLength) return done()
      const detail = `Path and query have ${url.length} characters; at most ${maxUrlLength} are allowed.`
      done(new Problem('uri-too-long', detail))
    })
  },
  { name: 'url-limit' },
)
