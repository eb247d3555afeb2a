import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { createRecord, type Document, exampleDocument, ifMatch, resourceOf } from '../support/documents.ts'

/** Locators of citations: where in the source the cited text is. */

const api = await sharedApi()

it('a locator without a value is null, in the record as in its revision', async () => {
  const citations = resourceOf('citations')
  const { record } = await createRecord(
    citations,
    api,
    await exampleDocument(citations, api, { locator: {} }),
  )
  expect(record).toMatchObject({ locator: null })
  const withPage = await exampleDocument(citations, api, { locator: { page: '2' } })
  const { path } = await createRecord(citations, api, withPage)
  const patched = await api.patch(path, { locator: { page: null } }, ifMatch('*'))
  expect(patched.json()).toMatchObject({ locator: null })
  const { document } = (await api.get(`${path}/history/2`)).json<{ document: Document }>()
  expect(document).toMatchObject({ locator: null })
})
