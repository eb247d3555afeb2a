import { expect, it } from 'vitest'
import { splitAtRecord } from '../../src/dashboard/components/record-link.ts'
import { createTranslator } from '../../src/dashboard/i18n/sentences.ts'
import chinese from '../../src/dashboard/i18n/sentences.zh.json' with { type: 'json' }

const translate = createTranslator(chinese)

it('the record that an English message names is a link in the message', () => {
  expect(splitAtRecord('/v1/agreements/0190-ab refers to it')).toEqual({
    before: '',
    resource: 'agreements',
    key: '0190-ab',
    after: ' refers to it',
  })
})

it('a message without the path of a record, or with the path of an endpoint, has no link', () => {
  expect(splitAtRecord('is required')).toBeUndefined()
  expect(splitAtRecord('send it to POST /v1/agreements/search')).toBeUndefined()
})

it('the record that a message names is a link in its translation, and is not repeated after it', () => {
  const message = 'makes /participants/0/role of /v1/projects/0190 invalid: is required'
  expect(splitAtRecord(message, translate(message))).toEqual({
    before: '会使 ',
    resource: 'projects',
    key: '0190',
    after: ' 的 /participants/0/role 无效：必填',
  })
})

it('the link follows a text that does not name the record', () => {
  expect(splitAtRecord('/v1/agreements/0190 refers to it', '被其他记录引用')).toEqual({
    before: '被其他记录引用 ',
    resource: 'agreements',
    key: '0190',
    after: '',
  })
})
