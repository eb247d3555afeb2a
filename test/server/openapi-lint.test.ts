// @module-tag slow

import core from '@stoplight/spectral-core'
import parsers from '@stoplight/spectral-parsers'
import rulesets from '@stoplight/spectral-rulesets'
import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'

/** The rules of Spectral, a common linter. The rules of Redocly are checked in `openapi.test.ts`. */

it('the OpenAPI document passes the recommended rules of spectral:oas without a warning', {
  timeout: 120_000,
}, async () => {
  const { served } = await sharedApi()
  const spectral = new core.Spectral()
  spectral.setRuleset(new core.Ruleset(rulesets.oas, { severity: 'recommended' }))
  const document = new core.Document(JSON.stringify(served), parsers.Json, 'openapi.json')
  const found = await spectral.run(document)
  expect(found.map(({ code, path, message }) => `${code} at ${path.join('/')}: ${message}`)).toEqual([])
})
