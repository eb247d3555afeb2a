/** A record with its position. */
export interface Place {
  id: string
  /** WGS 84 degrees and metres; null where the place is unknown. */
  position: { longitude: number; latitude: number; elevation: number | null } | null
  properties: unknown
}

/** A GeoJSON feature (RFC 7946, section 3.2): a point with longitude first, or no geometry. */
function createFeature({ id, position, properties }: Place) {
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

/** Streams the text of a GeoJSON feature collection (RFC 7946, section 3.3), in the order of the records. */
export async function* featureCollection(batches: AsyncIterable<Place[]>): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  let separator = ''
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield separator + batch.map((place) => JSON.stringify(createFeature(place))).join(',')
    separator = ','
  }
  yield ']}'
}
