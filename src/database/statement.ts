/** SQL text with its values. A statement with a `name` is prepared on the connection. */
export interface Statement {
  text: string
  name?: string | undefined
  values?: unknown[] | undefined
}
