import { describe, expect, it } from 'vitest'
import { safeCsv, unescapeFormulas } from '../../src/query/safe-csv.ts'

/** CSV of tables that the service makes itself, such as those of the views of the dashboard. */

describe('a text in CSV', () => {
  it.each(['a\nb', 'a\rb', 'a\r\nb', 'a;b'])('is quoted if readers could split it: %j', (text) => {
    expect(safeCsv([[text, 1]])).toBe(`"${text}",1\r\n`)
  })

  it('of many quotes or spaces after a line break or a semicolon is escaped in linear time', () => {
    const start = performance.now()
    for (const [first, character] of ['\n"', '\n ', ';"', '\n\t']) {
      const text = `${first}${character?.repeat(80_000)}x`
      expect(unescapeFormulas(safeCsv([[text]]))).toContain('x')
    }
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
