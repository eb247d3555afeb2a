/** A record on the map. */
export interface Place {
  id: string
  /** WGS 84 degrees and metres; null where the place is unknown. */
  position: { longitude: number; latitude: number; elevation: number | null } | null
  properties: unknown
}

/** A GeoJSON feature (RFC 7946, section 3.2): a point with longitude first, or no geometry. */
export function featureOf({ id, position, properties }: Place) {
  const geometry = position && {
    type: 'Point',
    coordinates: [
      position.longitude,
      position.latitude,
      ...(position.elevation === null ? [] : [position.elevation]),
    ],
  }
  return { type: 'Feature', id, geometry, properties }
}

/** The text of a GeoJSON feature collection (RFC 7946, section 3.3), as its features arrive, in their order. */
export async function* featureCollection(batches: AsyncIterable<Place[]>): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  let separator = ''
  for await (const places of batches) {
    if (places.length === 0) continue
    yield separator + places.map((place) => JSON.stringify(featureOf(place))).join(',')
    separator = ','
  }
  yield ']}'
}
