import type pg from 'pg'
import { errorMessage } from '../error-message.ts'

/**
 * Runs `vacuum analyze` after a bulk load: VACUUM marks pages as all-visible, which makes counts cheap, and ANALYZE updates the
 * statistics of the planner. A failure is no error, since the load is committed.
 * @returns a warning with the cause if it failed; undefined otherwise.
 */
export async function vacuumAnalyze(client: pg.Client): Promise<string | undefined> {
  try {
    await client.query('vacuum analyze')
    return undefined
  } catch (error) {
    const cause = errorMessage(error)
    return `All records are written, but "vacuum analyze" failed: ${cause}. Run it in psql; until then, requests may be slow.`
  }
}
