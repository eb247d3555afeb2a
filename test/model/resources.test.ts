import { describe, expect, it } from 'vitest'
import type { Searchable } from '../../src/model/searchable.ts'
import { resources } from '../support/registry.ts'

/** Walks a resource and the collections below it, and returns those that are created again at each call. */
function madeAnew(searchable: Pick<Searchable, 'collections'>, name: string): string[] {
  const collections = searchable.collections()
  const isEmpty = Object.keys(collections).length === 0
  const own = isEmpty || collections === searchable.collections() ? [] : [name]
  const inner = Object.entries(collections).filter(([collection]) => collection !== 'citations')
  return [...own, ...inner.flatMap(([below, collection]) => madeAnew(collection, `${name}.${below}`))]
}

describe.each(resources)('the definition of $name', (resource) => {
  // To make their schemas takes milliseconds.
  it('creates its collections and includes once, and not for every request', () => {
    expect(madeAnew(resource, resource.name)).toEqual([])
    expect(resource.includes()).toBe(resource.includes())
  })
})
