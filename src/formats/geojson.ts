/** A position in WGS 84: degrees, and metres of elevation. */
interface Position {
  longitude: number
  latitude: number
  elevation: number | null
}

/** A record with its positions: none if the place is unknown. */
export interface Place {
  id: string
  positions: Position[]
  properties: unknown
}

/** The coordinates of a position, longitude first. */
const toCoordinates = ({ longitude, latitude, elevation }: Position): number[] =>
  elevation === null ? [longitude, latitude] : [longitude, latitude, elevation]

/** A GeoJSON feature (RFC 7946, section 3.2): a point, several points, or no geometry. */
function createFeature({ id, positions, properties }: Place) {
  const [first = null, ...others] = positions.map(toCoordinates)
  const multiPoint = others.length > 0 && { type: 'MultiPoint', coordinates: [first, ...others] }
  const geometry = multiPoint || (first && { type: 'Point', coordinates: first })
  return { type: 'Feature', id, geometry, properties }
}

/** Streams the text of a GeoJSON feature collection (RFC 7946, section 3.3), in the order of the records. */
export async function* featureCollection(batches: AsyncIterable<Place[]>): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  let separator = ''
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield separator + batch.map((record) => JSON.stringify(createFeature(record))).join(',')
    separator = ','
  }
  yield ']}'
}
