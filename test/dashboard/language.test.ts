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

  it('is not stored for an embedded view, since a page of another site chose it', () => {
    const stored: string[] = []
    vi.stubGlobal('localStorage', { setItem: (_key: string, tag: string) => stored.push(tag) })
    expect(selectLanguage('?embed=1&lang=zh')).toBe('zh')
    expect(stored).toEqual([])
    expect(selectLanguage('?lang=zh')).toBe('zh')
    expect(stored).toEqual(['zh'])
  })

  it('has a Chinese label for every parameter of a list, and for some of views', () => {
    const { find } = createLanguage('zh')
    const names = resources.flatMap((resource) =>
      Object.keys(resource.parameterTypes).map((parameter) => parameter.replace(/\[.*/, '')),
    )
    const ofViews = [
      'q',
      'sort',
      'cursor',
      'after',
      'from',
      'to',
      'asOf',
      'undated',
      'level',
      'resource',
      'inForceOn',
    ]
    const missing = [...names, ...ofViews].filter((name) => find(`property.${name}`) === undefined)
    expect(missing, 'missing in src/dashboard/i18n/zh.json, as property.<name>').toEqual([])
  })

  it('has a Chinese text for every operator of a filter', async () => {
    // The import of `labels.ts` also loads `embed.ts`, which reads the address of the page.
    vi.stubGlobal('location', new URL('http://127.0.0.1/'))
    const { createLabels } = await import('../../src/dashboard/i18n/labels.ts')
    const { property } = createLabels(createLanguage('zh'), undefined)
    const operators = resources.flatMap(({ parameterTypes }) =>
      Object.keys(parameterTypes).flatMap((parameter) => /\[\w+\]/.exec(parameter) ?? []),
    )
    const labels = [...operators, '[contains]', '[within]', '[year]', '[decade]', '[month]'].map((operator) =>
      property(`signedOn${operator}`),
    )
    expect(labels.filter((label) => /[a-z]/i.test(label))).toEqual([])
  })

  it.each(['en', 'zh'] as const)('shows all digits of a number, and zero without a sign: %s', (tag) => {
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

  it('isolates a right-to-left name in a message, and leaves other names as they are', () => {
    const { t } = createLanguage('en')
    expect(t('edit.title', { name: 'اتفاقية (1)' })).toBe('Edit “\u2068اتفاقية (1)\u2069”')
    expect(t('edit.title', { name: '\u202eabc' })).toBe('Edit “\u2068\u202eabc\u2069”')
    expect(t('edit.title', { name: 'הסכם' })).toBe('Edit “\u2068הסכם\u2069”')
    expect(t('edit.title', { name: '关于茶叶的协议 (1)' })).toBe('Edit “关于茶叶的协议 (1)”')
  })

  it('names a property like the resource that has the same name, if it has no other label', async () => {
    vi.stubGlobal('location', new URL('http://127.0.0.1/'))
    const { createLabels } = await import('../../src/dashboard/i18n/labels.ts')
    const labels = (tag: 'en' | 'zh') => createLabels(createLanguage(tag), undefined)
    expect(['projects', 'topics', 'endsOn'].map(labels('zh').property)).toEqual(['项目', '主题', '结束日期'])
    expect(['projects', 'closesOn'].map(labels('en').property)).toEqual(['Projects', 'Closes on'])
  })
})
