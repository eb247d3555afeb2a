import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'

const api = await sharedApi()

interface Page {
  data: { title: string; signedOn: string | null }[]
  page: { next: string | null; total?: { count: number } }
}

const sendRefused = async (body: unknown) => {
  const response = await api.request('POST', '/v1/agreements/search', { body, key: null })
  expect(response.status, response.text).toBe(400)
  return response.json<{ errors: { pointer: string; message: string }[] }>().errors
}

describe('a wrong search is refused with a pointer into its body', () => {
  it.each([
    [
      'an unknown property',
      { or: [{ stauts: { eq: 'signed' } }] },
      '/where/or/0/stauts',
      'did you mean "status"?',
    ],
    ['an unknown operator', { signedOn: { gtee: '2011' } }, '/where/signedOn/gtee', 'did you mean "gte"?'],
    [
      'an operator of other services that means "none of"',
      { status: { nin: ['signed'] } },
      '/where/status/nin',
      '"nin" is not known here: write {"not":{"status":{"in":[…]}}}',
    ],
    [
      'another such operator, inside a list',
      { parties: { some: { role: { not_in: ['party'] } } } },
      '/where/parties/some/role/not_in',
      '"not_in" is not known here: write {"not":{"role":{"in":[…]}}}',
    ],
    [
      'such an operator on a timestamp, which has no `in`',
      { updatedAt: { nin: ['2011'] } },
      '/where/updatedAt/nin',
      '"nin" is not known here; it can be "gt", "gte", "lt", "lte"',
    ],
    [
      'an unknown value',
      { not: { kind: { eq: 'treatie' } } },
      '/where/not/kind/eq',
      'did you mean "treaty"?',
    ],
    ['a bad date', { signedOn: { lt: '2011-02-30' } }, '/where/signedOn/lt', 'February 2011 has 28 days'],
    ['an unknown list', { partys: { some: {} } }, '/where/partys', 'did you mean "parties"?'],
    ['an unknown quantifier', { parties: { any: {} } }, '/where/parties/any', 'is not known here'],
    [
      'an unknown property of an element',
      { parties: { some: { rol: { eq: 'party' } } } },
      '/where/parties/some/rol',
      '"role"',
    ],
    ['an empty tree', { and: [{}] }, '/where/and/0', 'at least one condition'],
    ['an empty `or`', { or: [] }, '/where/or', 'needs at least 1 entry'],
    ['a property with no operator', { status: {} }, '/where/status', 'at least one operator'],
    ['a value of the wrong type', { status: { isNull: 'yes' } }, '/where/status/isNull', 'true or false'],
    ['a value without an operator', { status: 'signed' }, '/where/status', 'such as {"eq":"signed"}'],
    ['a list without an operator', { status: ['signed'] }, '/where/status', 'such as {"in":["signed"]}'],
    ['a list for `eq`', { status: { eq: ['signed'] } }, '/where/status/eq', 'several values as {"in":[…]}'],
    [
      'a list for `ne` inside a list',
      { parties: { some: { role: { ne: ['party', 'witness'] } } } },
      '/where/parties/some/role/ne',
      'exclude several values with {"not":{"role":{"in":[…]}}}',
    ],
    ['a list for `eq` without a property', { eq: ['CHN'] }, '/where/eq', '"eq" is not known here'],
    [
      'a list for `ne` without a property',
      { not: { ne: ['CHN'] } },
      '/where/not/ne',
      '"ne" is not known here',
    ],
    [
      'a list for `eq` on a timestamp, which has no `eq`',
      { updatedAt: { eq: ['2011'] } },
      '/where/updatedAt/eq',
      '"eq" is not known here; it can be "gt", "gte", "lt", "lte"',
    ],
    [
      'a list for `eq` on a list',
      { parties: { eq: ['CHN'] } },
      '/where/parties/eq',
      '"eq" is not known here',
    ],
    [
      'a list for `ne` on a filter without `ne`',
      { region: { ne: ['142'] } },
      '/where/region/ne',
      '"ne" is not known here',
    ],
    ['the beginning of a property', { org: { eq: 'x' } }, '/where/org', 'did you mean "organization"?'],
    ['null without an operator', { signedOn: null }, '/where/signedOn', 'such as {"isNull":true}'],
    ['an invalid value without an operator', { updatedAt: '2011' }, '/where/updatedAt', 'operator: "gt"'],
  ])('%s', async (_what, where, pointer, message) => {
    const errors = await sendRefused({ where })
    // Consequences of a fault are not listed as further faults.
    expect(errors.map((error) => error.pointer)).toEqual([pointer])
    expect(errors[0]?.message).toContain(message)
  })

  it.each([
    [{ country: { eq: 'DEU' } }, ['/country', '"country" is a condition: write it in "where"']],
    [{ parties: {} }, ['/parties', '"parties" is a condition: write it in "where"']],
    [{ counrty: {} }, ['/counrty', '"counrty" is not known here; did you mean "count"?']],
  ])('a condition outside `where`: %j', async (body, expected) => {
    const [error] = await sendRefused(body)
    expect([error?.pointer, error?.message]).toEqual(expected)
  })

  it.each(['asOf', 'lang'])('the parameter %s, which belongs in the URL', async (name) => {
    const message = `"${name}" is a parameter: write it in the URL`
    expect(await sendRefused({ [name]: 'zh' })).toEqual([{ pointer: `/${name}`, code: 'unknown', message }])
  })

  it('a parameter of an export, which belongs in the URL', async () => {
    const body = { format: 'csv', per: 'participant', names: false, limit: 5 }
    const response = await api.request('POST', '/v1/agreements/export?format=csv', { body, key: null })
    const { errors } = response.json<{ errors: { message: string }[] }>()
    expect(errors.map(({ message }) => message)).toEqual([
      '"format" is a parameter: write it in the URL',
      '"per" is a parameter: write it in the URL',
      '"names" is a parameter: write it in the URL',
      '"limit" is not known here; it can be "where", "sort", "fields", "include"',
    ])
  })

  it('a condition outside `where` beside a mistyped property of the body', async () => {
    const errors = await sendRefused({ country: { eq: 'DEU' }, or: [], limt: 5 })
    expect(errors.map(({ message }) => message)).toEqual([
      '"country" is a condition: write it in "where"',
      '"or" is a condition: write it in "where"',
      '"limt" is not known here; did you mean "limit"?',
    ])
  })

  it('several faults, in one response', async () => {
    const errors = await sendRefused({
      where: { stauts: { eq: 'x' }, kind: { eq: 'y' } },
      sort: [{ by: 'titel' }],
      limit: 0,
    })
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/limit',
      '/sort/0/by',
      '/where/kind/eq',
      '/where/stauts',
    ])
  })

  it('trees that are too deep or too large', async () => {
    const nested = (depth: number): object =>
      depth === 0 ? { status: { eq: 'signed' } } : { not: nested(depth - 1) }
    const [tooDeep] = await sendRefused({ where: nested(11) })
    expect(tooDeep).toMatchObject({ code: 'too_deep', pointer: `/where${'/not'.repeat(11)}` })
    const wide = {
      or: Array.from({ length: 40 }, () => ({
        and: Array.from({ length: 40 }, () => ({ status: { eq: 'signed' } })),
      })),
    }
    const [tooWide] = await sendRefused({ where: wide })
    expect(tooWide).toMatchObject({
      pointer: '/where',
      code: 'too_big',
      message: 'has more than 2000 values',
      limit: 2000,
    })
  })

  it('more than 200 values of one `in`, 300 dates of several, or 100 comparisons', async () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => String(1500 + index))
    const dates = (count: number) => ({ signedOn: { in: values(count) } })
    const allowed = [dates(200), { title: { in: values(200) } }, { and: [dates(200), dates(100)] }]
    for (const where of allowed) {
      const response = await api.request('POST', '/v1/agreements/search', { body: { where }, key: null })
      expect(response.status, response.text).toBe(200)
    }
    expect((await sendRefused({ where: dates(201) }))[0]?.pointer).toBe('/where/signedOn/in')
    const [fault] = await sendRefused({ where: { and: [dates(200), dates(101)] } })
    expect(fault).toMatchObject({
      pointer: '/where',
      message: expect.stringContaining('more than 300'),
      limit: 300,
    })
    const many = Array.from({ length: 50 }, () => ({ status: { eq: 'signed' }, kind: { eq: 'treaty' } }))
    const [tooMany] = await sendRefused({ where: { or: many, signedOn: { in: ['2011'] } } })
    expect(tooMany).toMatchObject({ message: 'has more than 100 comparisons', limit: 100 })
  })

  it.each([
    [{ sort: [{ by: 'title' }, { by: 'title' }] }, '/sort/1/by'],
    [{ fields: ['id', 'title', 'id'] }, '/fields/2'],
    [{ include: ['citations', 'citations'] }, '/include/1'],
  ])('repeated values: %j', async (body, pointer) => {
    expect(await sendRefused(body)).toMatchObject([{ pointer, code: 'repeated' }])
  })

  it('a malformed cursor, or the cursor of another search', async () => {
    const [wrong] = await sendRefused({ cursor: 'abc' })
    expect(wrong?.pointer).toBe('/cursor')
    const first = await api.request('POST', '/v1/agreements/search', {
      body: { where: { not: { kind: { eq: 'treaty' } } }, limit: 1 },
      key: null,
    })
    const cursor = first.json<Page>().page.next
    expect((await sendRefused({ where: { kind: { eq: 'treaty' } }, limit: 1, cursor }))[0]?.pointer).toBe(
      '/cursor',
    )
  })
})
