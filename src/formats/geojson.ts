/** A position in WGS 84: degrees, and metres of elevation. */
interface Position {
  longitude: number
  latitude: number
  elevation: number | null
}

/** A record with its positions: none if its location is unknown. */
export interface LocatedRecord {
  id: string
  positions: Position[]
  properties: unknown
}

/** Returns the coordinates of a position, longitude first. */
const toCoordinates = ({ longitude, latitude, elevation }: Position): number[] =>
  elevation === null ? [longitude, latitude] : [longitude, latitude, elevation]

/** Returns a GeoJSON geometry (RFC 7946, section 3.1); null for no positions. */
function toGeometry(positions: Position[]) {
  const [first, ...others] = positions.map(toCoordinates)
  if (first === undefined) return null
  if (others.length === 0) return { type: 'Point', coordinates: first }
  return { type: 'MultiPoint', coordinates: [first, ...others] }
}

/** Returns a GeoJSON feature (RFC 7946, section 3.2). */
const toFeature = ({ id, positions, properties }: LocatedRecord) => ({
  type: 'Feature',
  id,
  geometry: toGeometry(positions),
  properties,
})

/** Yields the text of a GeoJSON feature collection (RFC 7946, section 3.3), in the order of the records. */
export async function* writeFeatureCollection(
  batches: AsyncIterable<LocatedRecord[]>,
): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  let separator = ''
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield separator + batch.map((record) => JSON.stringify(toFeature(record))).join(',')
    separator = ','
  }
  yield ']}'
}
