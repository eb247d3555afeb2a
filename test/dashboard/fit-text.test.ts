import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitText, textWidth } from '../../src/dashboard/charts/fit-text.ts'

describe('the width of text in charts', () => {
  it.each(['china–france: the “year”…', 'việt'])(
    'is the same for most lower-case letters, with or without accents, and for punctuation: %s',
    (text) => {
      expect(textWidth(text)).toBeCloseTo([...text].length * textWidth('a'))
    },
  )

  it.each(['中德科技合作', '𠮷𬎆', '한국', 'ＡＢ', '「・」', '🛰'])(
    'is much larger for CJK characters and emoji: %s',
    (text) => {
      for (const character of text) expect(textWidth(character)).toBeGreaterThan(1.5 * textWidth('a'))
    },
  )

  it.each(['ABRZÉЖ', 'MWmw'])('is larger for capitals, and for letters such as W: %s', (text) => {
    for (const letter of text) expect(textWidth(letter)).toBeGreaterThan(1.2 * textWidth('a'))
  })
})

describe('text in charts', () => {
  it('ends with an ellipsis if it is shortened', () => {
    expect(fitText('Agreement on scientific and technical cooperation', 100)).toMatch(/^Agreement.*…$/)
  })

  it('is shortened to the available width if it is wider, and otherwise unchanged', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 20, max: 200 }), (text, room) => {
        const fitted = fitText(text, room)
        expect(textWidth(fitted)).toBeLessThanOrEqual(room)
        if (textWidth(text) <= room) expect(fitted).toBe(text)
      }),
    )
  })
})
