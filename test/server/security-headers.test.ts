import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'

/** Headers that restrict what browsers do with a response. */

const api = await sharedApi()

it('responses forbid scripts and content sniffing', async () => {
  for (const path of ['/v1/countries/CHN', '/v1/nothing', '/problems']) {
    const { headers } = await api.get(path)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

it('the documentation loads only scripts that its content security policy allows', async () => {
  const page = await fetch(`${api.origin}/docs/`)
  const policy = page.headers.get('content-security-policy')
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('upgrade-insecure-requests')
  const html = await page.text()
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)/g)]
  expect(scripts.length).toBe(1)
  for (const [, attributes = '', inline = ''] of scripts) {
    expect(inline.trim()).toBe('')
    const [, source = ''] = /src="([^"]+)"/.exec(attributes) ?? []
    const script = await fetch(new URL(source, `${api.origin}/docs/`))
    await script.text()
    expect({ source, status: script.status }).toEqual({ source, status: 200 })
    expect(new URL(script.url).origin).toBe(api.origin)
  }
})
