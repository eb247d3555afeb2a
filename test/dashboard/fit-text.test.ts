import { describe, expect, it } from 'vitest'
import { fitText, textWidth } from '../../src/dashboard/charts/fit-text.ts'

describe('text in charts', () => {
  it.each(['China–Germany: the “Year”…', 'Việt Nam'])(
    'counts as narrow without CJK characters: %s',
    (text) => {
      expect(textWidth(text)).toBe([...text].length * textWidth('a'))
    },
  )

  it.each(['中德科技合作', '한국', 'ＡＢ', '「・」'])('counts as wide in CJK scripts: %s', (text) => {
    expect(textWidth(text)).toBeGreaterThan([...text].length * textWidth('a'))
  })

  it('is shortened to the available width', () => {
    const fitted = fitText('Agreement on scientific and technical cooperation', 100)
    expect(fitted).toMatch(/^Agreement.*…$/)
    expect(textWidth(fitted)).toBeLessThanOrEqual(100)
  })
})
