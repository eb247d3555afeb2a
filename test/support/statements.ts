import pg from 'pg'
import { vi } from 'vitest'

/**
 * Counts the statements of the connections that run a marked statement during `work`. Other connections may be busy at the
 * same time.
 * @param marker text of the marked statement, which only the counted connections run.
 */
export async function countStatements(marker: string, work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    const texts = spy.mock.calls.map(([config]: unknown[]) => getText(config))
    const marked = new Set(spy.mock.contexts.filter((_, index) => texts[index]?.includes(marker)))
    return spy.mock.contexts.filter((client) => marked.has(client)).length
  } finally {
    spy.mockRestore()
  }
}

function getText(config: unknown): string {
  if (typeof config === 'string') return config
  return typeof config === 'object' && config !== null && 'text' in config ? String(config.text) : ''
}
