import { expect, it } from 'vitest'
import { externalScheme, topicScheme } from '../../src/model/schemas.ts'

it.each([
  ['a topic', topicScheme()],
  ['an external id', externalScheme()],
])(
  'the error of a wrong scheme of %s says which characters it may have, and how it may begin',
  (_, schema) => {
    expect(schema.safeParse('2011.a_b-c').success).toBe(true)
    const message =
      'must be lower-case letters, digits, ".", "_" and "-", and must begin with a letter or digit'
    for (const name of ['-a', '.a', '_a', 'A', 'a b', ''])
      expect(schema.safeParse(name).error?.issues, name).toEqual([expect.objectContaining({ message })])
  },
)
