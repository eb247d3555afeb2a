/** Returns a function that calls `make` once for each object, and then always returns the same value for this object. */
export function lazyFor<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const cached = new WeakMap<Key, { value: Value }>()
  return (key) => {
    const known = cached.get(key) ?? { value: make(key) }
    cached.set(key, known)
    return known.value
  }
}

/** Returns a function that calls `make` at the first call, and then always returns the same value. */
export function lazy<Value>(make: () => Value): () => Value {
  let cached: { value: Value } | undefined
  return () => {
    cached ??= { value: make() }
    return cached.value
  }
}
