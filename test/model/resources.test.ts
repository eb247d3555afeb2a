import { describe, expect, it } from 'vitest'
import { documentJson, propertiesOf } from '../../src/model/document.ts'
import type { Searchable } from '../../src/model/searchable.ts'
import { resources } from '../support/registry.ts'

/**
 * Returns the names of the resource and of its searchable lists at any depth, such as `agreements.parties`, if their
 * `collections()` returns a new object at each call. Leaves out the lists `citations`: the resource `citations` is checked itself.
 */
function findRecreated(searchable: Pick<Searchable, 'collections'>, name: string): string[] {
  const collections = searchable.collections()
  const isEmpty = Object.keys(collections).length === 0
  const direct = isEmpty || collections === searchable.collections() ? [] : [name]
  const inner = Object.entries(collections).filter(([collection]) => collection !== 'citations')
  return [...direct, ...inner.flatMap(([below, collection]) => findRecreated(collection, `${name}.${below}`))]
}

describe.each(resources)('the declaration of $name', (resource) => {
  // Creating the schemas of collections and includes takes milliseconds.
  it('creates its collections and includes once, and not for every request', () => {
    expect(findRecreated(resource, resource.name)).toEqual([])
    expect(resource.includes()).toBe(resource.includes())
  })

  it('refuses to compose documents with an unknown include', () => {
    const compose = () => documentJson(resource, propertiesOf(resource), ['unknown'])
    expect(compose).toThrow(`${resource.name} have no include "unknown"`)
  })
})
