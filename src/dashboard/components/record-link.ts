/** A link to a record, and the text before and after it. */
interface LinkedText {
  before: string
  resource: string
  key: string
  after: string
}

/** Matches the path of a record, but not that of an endpoint, which follows its method: `POST /v1/agreements/search`. */
const recordPathPattern = /(?<!\b(?:GET|POST|PUT|PATCH|DELETE) )\/v1\/([a-z-]+)\/([\w-]+)/

/**
 * Splits a text at the path of the record that a message of the service names: `/v1/agreements/0190… refers to it`.
 * @param text what is shown instead of the message. If the text lacks the path, the link follows the text.
 * @returns undefined if the message names no record.
 */
export function splitAtRecord(message: string, text = message): LinkedText | undefined {
  const [path, resource = '', key = ''] = recordPathPattern.exec(message) ?? []
  if (path === undefined) return undefined
  const shown = text.includes(path) ? text : `${text} ${path}`
  const start = shown.indexOf(path)
  return { before: shown.slice(0, start), resource, key, after: shown.slice(start + path.length) }
}
