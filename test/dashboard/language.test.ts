import { afterEach, describe, expect, it, vi } from 'vitest'
import { selectLanguage } from '../../src/dashboard/i18n/language.ts'

/** The choice of the language of the dashboard. */

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the language of the dashboard', () => {
  it('is that of the URL or of the browser in a browser that blocks storage', () => {
    const block = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    vi.stubGlobal('localStorage', { getItem: block, setItem: block })
    vi.stubGlobal('navigator', { languages: ['fr', 'zh-CN'] })
    expect(selectLanguage('?lang=en')).toBe('en')
    expect(selectLanguage('')).toBe('zh')
  })
})
