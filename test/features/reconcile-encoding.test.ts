// @module-tag slow

import { expect, it } from 'vitest'
import { openTestApp } from '../support/app.ts'
import { useOpened } from '../support/use-opened.ts'

/** The encoding of forms and query strings that are sent to the reconciliation service. */

const test = useOpened(openTestApp)

const form = 'application/x-www-form-urlencoded'

const post = (payload: string, type = form) =>
  test.app.inject({ method: 'POST', url: '/reconcile', headers: { 'content-type': type }, payload })

it('a form may name its charset UTF-8; another charset is refused, even for ASCII', async () => {
  const queries = `queries=${encodeURIComponent('{"q":{"query":"China"}}')}`
  expect((await post(queries, `${form}; charset="UTF-8"`)).json()).toEqual((await post(queries)).json())
  const refused = await post(queries, `${form}; charset=ISO-8859-1`)
  expect(refused.json()).toMatchObject({
    status: 415,
    detail: 'The body is in ISO-8859-1; send it in UTF-8.',
  })
})

it.each(['suggest/entity?prefix', 'suggest/type?prefix', 'preview?id'])(
  'a NUL character is refused, and the error names the parameter that has it: %s',
  async (path) => {
    const refused = await test.app.inject(`/reconcile/${path}=Chi%00na`)
    const parameter = path.split('?')[1]
    expect(refused.json()).toMatchObject({ status: 400, errors: [{ parameter, code: 'bad_text' }] })
    expect(refused.json().instance).toContain('/reconcile/')
  },
)

it.each(['Qu%E9bec', '100%', 'a%zz'])(
  'a form or a query string with %s is refused, and not read with other characters',
  async (name) => {
    const queries = `queries={"q":{"query":"${name}"}}`
    for (const response of [await post(queries), await test.app.inject(`/reconcile?${queries}`)])
      expect(response.json()).toMatchObject({
        status: 400,
        detail: 'The percent-encoding of the form or the query is malformed, or not UTF-8.',
      })
  },
)
