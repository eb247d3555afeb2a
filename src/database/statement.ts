/** SQL text with its values. It is prepared on the connection exactly when it has a `name`. */
export interface Statement {
  text: string
  name?: string | undefined
  values?: unknown[] | undefined
}
