import { z } from 'zod'
import { type Language, languages, primaryLanguage } from '../model/languages.ts'
import { type Parameter, singleValueParameter } from '../model/parameters.ts'
import { type CheckedQuery, getStringValues } from '../model/query-string.ts'
import type { ApiResponse, Contract, HeaderContract, RequestHeader } from './operation.ts'

/** Names and labels in the language of the reader (RFC 9110, sections 8.5 and 12.5.4). */

/** Name of the parameter for the language of the response. */
export const languageParameterName = 'lang'

const language = z.enum(languages)

/** A language tag. Script and region are ignored: `zh-CN` counts as `zh`. */
const tag = z.preprocess((text) => (typeof text === 'string' ? primaryLanguage(text) : text), language)

/** Contract of `Accept-Language`. An endpoint that has it in its contract answers in the language of the request. */
export const acceptLanguage: RequestHeader = {
  name: 'Accept-Language',
  description: `Preferred languages of names and labels: ${languages.join(' or ')}. \`${languageParameterName}\` takes precedence.`,
  example: 'zh-CN, en;q=0.8',
}

/** Contract of the `Content-Language` response header. */
export const contentLanguage: HeaderContract = {
  description: 'Language of the names and labels in the response.',
  example: languages[0],
}

/** Returns the parameter `lang`. @param what the texts in this language, such as `the labels`. */
export const languageParameter = (what: string): Record<string, Parameter> => ({
  [languageParameterName]: {
    ...singleValueParameter(
      tag,
      `Language of ${what}; by default that of \`Accept-Language\`. Records without a name in this language have their usual name.`,
      language,
    ),
    otherNames: ['language', 'locale'],
  },
})

/** Whether an endpoint answers in the language of the request. */
export const isLocalized = ({ headers }: Pick<Contract, 'headers'>): boolean =>
  headers.includes(acceptLanguage)

/** Returns the language of the parameter `lang`; undefined without one. */
export function getLanguage(query: CheckedQuery): Language | undefined {
  const [value] = getStringValues(query, languageParameterName)
  return languages.find((language) => language === value)
}

/** Adds the headers `Content-Language` and `Vary` to a response with texts in a language. */
export const withLanguageHeaders = (response: ApiResponse, language: Language): ApiResponse => ({
  ...response,
  headers: { ...response.headers, 'content-language': language, vary: acceptLanguage.name },
})
