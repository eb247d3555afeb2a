import { afterEach, describe, expect, it, vi } from 'vitest'
import { resources } from '../../src/dashboard/api/resources.ts'
import { createLanguage, selectLanguage } from '../../src/dashboard/i18n/language.ts'

/** The language of the dashboard: its choice, and its numbers. */

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the language of the dashboard', () => {
  it('is that of the URL, or else that of the browser, if the browser blocks storage', () => {
    const block = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    vi.stubGlobal('localStorage', { getItem: block, setItem: block })
    vi.stubGlobal('navigator', { languages: ['fr', 'zh-CN'] })
    expect(selectLanguage('?lang=en')).toBe('en')
    expect(selectLanguage('')).toBe('zh')
  })

  it('has a Chinese label for every parameter of every list', () => {
    const { find } = createLanguage('zh')
    const names = resources.flatMap((resource) =>
      Object.keys(resource.parameterTypes).map((parameter) => parameter.replace(/\[.*/, '')),
    )
    expect(names.filter((name) => find(`property.${name}`) === undefined)).toEqual([])
  })

  it.each(['en', 'zh'] as const)('shows all digits of a number, and no sign of zero: %s', (tag) => {
    const { number } = createLanguage(tag)
    expect([0.0004, 33.3333, 39.904211, -0.0000001, 1234567.25, -0].map(number)).toEqual([
      '0.0004',
      '33.3333',
      '39.904211',
      '-0.0000001',
      '1,234,567.25',
      '0',
    ])
  })

  it('names a property like the resource that has the same name, if it has no other label', async () => {
    // The client of the API reads the address of the page when it is loaded.
    vi.stubGlobal('location', new URL('http://127.0.0.1/'))
    const { createLabels } = await import('../../src/dashboard/i18n/labels.ts')
    const labels = (tag: 'en' | 'zh') => createLabels(createLanguage(tag), undefined)
    expect(['projects', 'topics', 'endsOn'].map(labels('zh').property)).toEqual(['项目', '主题', '结束日期'])
    expect(['projects', 'closesOn'].map(labels('en').property)).toEqual(['Projects', 'Closes on'])
  })
})
