import { describe, expect, it } from 'vitest'
import { fitText, textWidth } from '../../src/dashboard/charts/fit-text.ts'

describe('text in charts', () => {
  it.each(['china–france: the “year”…', 'việt'])('counts as narrow without CJK characters: %s', (text) => {
    expect(textWidth(text)).toBeCloseTo([...text].length * textWidth('a'))
  })

  it.each(['中德科技合作', '𠮷𬎆', '한국', 'ＡＢ', '「・」', '🛰'])(
    'counts as wide in CJK scripts and emoji: %s',
    (text) => {
      expect(textWidth(text)).toBeGreaterThan([...text].length * textWidth('a'))
    },
  )

  it.each(['ABRZÉЖ', 'MWmw'])('counts as wider in capitals and letters such as W: %s', (text) => {
    for (const letter of text) expect(textWidth(letter)).toBeGreaterThan(1.2 * textWidth('a'))
  })

  it('is shortened to the available width', () => {
    const fitted = fitText('Agreement on scientific and technical cooperation', 100)
    expect(fitted).toMatch(/^Agreement.*…$/)
    expect(textWidth(fitted)).toBeLessThanOrEqual(100)
  })
})
