import { expect, it } from 'vitest'
import { mentionIdentity } from '../../../src/features/imports/mentions.ts'
import { MentionResolver, resolveRows } from '../../../src/features/imports/resolver.ts'
import type { Draft, Mention } from '../../../src/features/imports/types.ts'
import { registry } from '../../../src/resources/registry.ts'

it('a mention that resolves to the key `waits` does not make its row wait', () => {
  const mention: Mention = { resource: 'topics', name: 'Waits' }
  const draft: Draft = {
    resource: 'projects',
    externalId: { scheme: 'register', id: '1' },
    document: {},
    mentions: [mention],
    citation: { locator: 'row 2' },
  }
  const rows = [{ position: 1, locator: 'row 2', drafts: [draft] }]
  const resolver = new MentionResolver(registry, rows, {
    names: new Map([[mentionIdentity(mention), { status: 'resolved', key: 'waits' }]]),
    keys: new Map(),
    inFile: [],
    onAbsent: 'wait',
    onUnresolved: 'refuse',
  })
  expect(resolveRows(resolver, rows)).toMatchObject([{ resolved: [['waits']], waits: false }])
})
