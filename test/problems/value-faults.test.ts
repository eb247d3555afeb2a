import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { faultAt } from '../support/documents.ts'

/** Values that are nearly valid and their errors, and unusual values that are accepted. */

const api = await sharedApi()

describe('a date in another notation', () => {
  it.each<[date: string, readings: string]>([
    ['07/10/1899', '1899-07-10 or 1899-10-07'],
    ['07-10-1899', '1899-07-10 or 1899-10-07'],
    ['13/10/1899', '1899-10-13'],
    ['10/13/1899', '1899-10-13'],
    ['7.10.1899', '1899-10-07'],
    ['07/07/1899', '1899-07-07'],
    ['1899/10/07', '1899-10-07'],
    ['1899-7-10', '1899-07-10'],
    ['29/02/2000', '2000-02-29'],
    ['10/1899', '1899-10'],
    ['10 July 1899', '1899-07-10'],
    ['Jul 10, 1899', '1899-07-10'],
    ['July 1899', '1899-07'],
    ['1899年7月', '1899-07'],
    ['18990710', '1899-07-10'],
    ['1890s', '189X'],
    ['c. 1899', '1899~'],
    ['1899-1901', '1899/1901'],
    ['1899..1901', '1899/1901'],
    ['1899–July 1901', '1899/1901-07'],
    ['since 1899', '1899/..'],
  ])('%s is refused with its possible meanings: %s', async (startsOn, readings) => {
    const response = await api.post('/v1/projects', { title: 'Dated', kind: 'other', startsOn })
    expect(response.status).toBe(422)
    const message = `"${startsOn}" is not in EDTF: write ${readings}`
    expect(faultAt(response, '/startsOn')?.message).toBe(message)
    const filtered = await api.get(`/v1/projects?startsOn=${encodeURIComponent(startsOn)}`)
    expect(filtered.text).toContain(`write ${readings}`)
  })

  it.each(['31/02/1899', '13/13/1899', '0/1/1899', '07/10-1899', '31 June 1899', '1800s', '至'.repeat(60)])(
    'that is impossible, or may be a decade or a century, gets no suggestion: %s',
    async (startsOn) => {
      const response = await api.post('/v1/projects', { title: 'Dated', kind: 'other', startsOn })
      expect(faultAt(response, '/startsOn')?.message).not.toContain('write')
    },
  )
})

it('a property name that a message quotes is never truncated within an emoji', async () => {
  for (const length of [54, 55, 59, 60]) {
    const name = `${'a'.repeat(length)}😀😀😀😀`
    const response = await api.post('/v1/projects', { title: 'Quoted', kind: 'other', [name]: 1 })
    const message = faultAt(response, `/${name}`)?.message
    expect(message).toMatch(/^"a+.*… is not known here/u)
    expect(message?.isWellFormed(), message).toBe(true)
  }
})

describe('a web address', () => {
  it.each<[url: string, message: string]>([
    ['https://a.example/b c', 'has a space at character 20'],
    ['https://a.example/😀😀 c', 'has a space at character 21'],
    ['https://a.example\\b', 'has a backslash at character 18'],
    [' https://a.example/', 'has a space at character 1'],
    ['https://a.example/b\tc', 'has a tab at character 20'],
    ['https://a.example/\n', 'has a line break at character 19'],
    ['https://a.example/\u00a0', 'has a control character or space at character 19'],
    ['https://a.example/a|b', 'has "|" at character 20'],
    ['https://a.example/{id}', 'has "{" at character 19'],
    ['https://a.example/?a=<b>', 'has "<" at character 22'],
    ['https://a.example/"a"', 'has a quotation mark at character 19'],
    ['https://a.example/a^b', 'has "^" at character 20'],
    ['https://a.example/`', 'has "`" at character 19'],
    ['https://a.example/%zz', 'has a "%" without two hexadecimal digits at character 19'],
    ['https://a.example/100%', 'has a "%" without two hexadecimal digits at character 22'],
    ['https://a.example/\u202egpj', 'has a character that reorders text, U+202E, at character 19'],
    ['https:/a.example', 'is not an http(s) URL'],
    ['https:///a.example/', 'is not an http(s) URL'],
    ['https://a..example/', 'is not an http(s) URL'],
    ['ftp://a.example/', 'is not an http(s) URL'],
  ])('%j is refused with its fault', async (url, message) => {
    const response = await api.post('/v1/sources', { title: 'Linked', kind: 'report', url })
    expect(response.status).toBe(422)
    expect(faultAt(response, '/url')).toMatchObject({
      code: 'wrong_format',
      message: expect.stringContaining(message),
    })
  })

  it.each([
    'https://a_b.example/x',
    'https://_dmarc.example',
    'http://localhost:8080/',
    'https://1.2.3.4/',
    'https://[2001:db8::1]/x',
    'https://example.org/a%20b?c=d#e',
    "https://example.org/%E4%bd%A0(a)[1];*'!$&+,=:@~?/?",
    'https://例え.example/',
  ])('%s is stored unchanged', async (url) => {
    const response = await api.post('/v1/sources', { title: 'Linked', kind: 'report', url })
    expect(response.json()).toMatchObject({ url })
  })
})

describe('an amount of money', () => {
  const postAmount = (amount: string) =>
    api.post(
      '/v1/projects',
      `{"title":"Paid","kind":"other","amounts":[{"kind":"budget","amount":${amount},"currency":"CNY"}]}`,
    )

  it.each([
    '2000000000000.123',
    '4398046511104.005',
    '8000000000000.001',
    '9000000000000.011',
    '9000000000000.0005',
    '9999999999999.994',
    '8898548999534.641',
    '4.3499999999999996',
    '0.1000000000000000055511151231257827',
    '0.010000000000000000001',
    '1e-3',
  ])('with more decimals than can be stored is refused and not rounded: %s', async (amount) => {
    const response = await postAmount(amount)
    expect([400, 422]).toContain(response.status)
    expect(faultAt(response, '/amounts/0/amount')?.code).toBe('too_precise')
  })

  it('with three decimals is accepted only if the third is zero', async () => {
    const amounts = fc.tuple(fc.integer({ min: 2e12, max: 1e13 - 1 }), fc.integer({ min: 0, max: 999 }))
    await fc.assert(
      fc.asyncProperty(amounts, async ([whole, thousandths]) => {
        const text = `${whole}.${String(thousandths).padStart(3, '0')}`
        const response = await postAmount(text)
        const isExact = thousandths % 10 === 0
        expect(response.status === 201).toBe(isExact)
        if (isExact) expect(response.text).toContain(`"amount":${text.replace(/\.?0+$/, '')},`)
      }),
      { numRuns: 60 },
    )
  })

  it.each<[written: string, read: number]>([
    ['1e3', 1000],
    ['123.10', 123.1],
    ['-0.0', 0],
    ['8796093022208.210', 8796093022208.21],
    ['9999999999999.990', 9999999999999.99],
  ])('is accepted if another notation of the same value can be stored: %s', async (written, read) => {
    const response = await postAmount(written)
    expect(response.status, response.text).toBe(201)
    expect(response.json()).toMatchObject({ amounts: [{ amount: expect.closeTo(read, 10) }] })
  })
})

describe('the currency of an amount', () => {
  const postCurrency = (currency: string) => {
    const amounts = [{ kind: 'budget', amount: 5, currency }]
    return api.post('/v1/projects', { title: 'Paid', kind: 'other', amounts })
  }

  it.each(['CNY', 'USN', 'VED', 'XAU', 'XDR', 'DEM', 'FRF', 'SUR', 'CSK', 'YUD', 'STD', 'XEU', 'ZWL'])(
    'may be a current or a withdrawn currency of ISO 4217: %s',
    async (currency) => {
      const response = await postCurrency(currency)
      expect(response.status, response.text).toBe(201)
      expect(response.json()).toMatchObject({ amounts: [{ currency }] })
    },
  )

  it.each(['ABC', 'XXX', 'XTS'])('is refused if it is a code without a currency: %s', async (currency) => {
    const response = await postCurrency(currency)
    expect(response.status).toBe(422)
    expect(faultAt(response, '/amounts/0/currency')?.message).toContain('is not an ISO 4217 currency')
  })

  it('is suggested for the usual abbreviation of the yuan', async () => {
    const response = await postCurrency('RMB')
    expect(faultAt(response, '/amounts/0/currency')?.message).toBe(
      'is not an ISO 4217 currency; did you mean "CNY"?',
    )
  })
})

describe('a language tag', () => {
  const postLanguage = (language: string) =>
    api.post('/v1/sources', { title: 'Translated', kind: 'report', language })

  it.each([
    ...['en', 'EN-us', 'zh-Hans', 'zh-Hant-TW', 'es-419', 'zh-yue', 'zh-min-nan', 'mul'],
    ...['de-1996', 'sl-rozaj-biske', 'de-DE-u-co-phonebk', 'en-t-jp-0-abc', 'en-x-private', 'en-x-a-a-b-b'],
    ...['x-foo', 'i-klingon', 'i-default', 'en-GB-oed', 'sgn-BE-FR', 'art-lojban', 'zh-guoyu'],
  ])('that is well-formed by RFC 5646 is accepted: %s', async (language) => {
    const response = await postLanguage(language)
    expect(response.status, response.text).toBe(201)
    expect(response.json()).toMatchObject({ language })
  })

  it.each([
    ...['en_US', 'en-', '-en', 'e', 'abcdefghi', 'en-abcdefghi', '12', 'en-12', 'en-US-US', 'en-US-Latn'],
    ...[
      'en-US-US-zz',
      'zh-Hans-Hant',
      'de-1996-1996',
      'en-u-co-u-nu',
      'en-u',
      'en-x',
      'x',
      'i-none',
      'en--US',
      'abcd',
      'Farsi',
      'Mandarin-CN',
    ],
  ])(
    'that is malformed, begins with a name, or repeats a variant or extension is refused: %s',
    async (language) => {
      const response = await postLanguage(language)
      expect(response.status).toBe(422)
      const faults = response.json<{ errors: unknown[] }>().errors
      expect(faults).toEqual([expect.objectContaining({ pointer: '/language' })])
      expect(faultAt(response, '/language')?.message).toContain('must be a BCP 47 language tag')
    },
  )

  it.each([
    ['Chinese', 'zh'],
    ['ENGLISH', 'en'],
    ['English-US', 'en-US'],
    ['Hebrew', 'he'],
    ['中文', 'zh'],
  ])('is suggested for the name of a language: %s', async (name, tag) => {
    const message = `must be a BCP 47 language tag, such as en or zh-Hans; did you mean "${tag}"?`
    const response = await postLanguage(name)
    expect(response.status, response.text).toBe(422)
    expect(faultAt(response, '/language')?.message).toBe(message)
    const list = await api.get(`/v1/agreements?language=${encodeURIComponent(name)}`)
    expect(list.status, list.text).toBe(400)
    expect(list.json()).toMatchObject({ errors: [{ parameter: 'language', message }] })
  })
})
