// Writes the label points of countries into seeds/reference/countries.json. seeds/README.md says how they are found.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { geoArea, geoCentroid, geoContains } from 'd3-geo'
import type { Polygon, Position } from 'geojson'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { z } from 'zod'

const file = 'seeds/reference/countries.json'

/** Number of grid cells in each direction, and number of finer grids after the first. */
const [cells, refinements] = [24, 5] as const

type Box = [west: number, south: number, east: number, north: number]

/** Distance of a point from a segment of a border, in degrees of latitude. It is accurate enough at the scale of a country. */
function distanceToSegment([x = 0, y = 0]: Position, [x1 = 0, y1 = 0]: Position, [x2 = 0, y2 = 0]: Position) {
  const longitudeScale = Math.cos((y * Math.PI) / 180)
  const [dx, dy] = [(x2 - x1) * longitudeScale, y2 - y1]
  const [px, py] = [(x - x1) * longitudeScale, y - y1]
  const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(px - along * dx, py - along * dy)
}

/** Distance of a point from the border of a polygon. */
const distanceToBorder = (point: Position, { coordinates }: Polygon): number =>
  Math.min(...coordinates.map((ring) => distanceToRing(point, ring)))

function distanceToRing(point: Position, ring: Position[]): number {
  let minDistance = Number.POSITIVE_INFINITY
  for (let index = 1; index < ring.length; index += 1)
    minDistance = Math.min(minDistance, distanceToSegment(point, ring[index - 1] ?? [], ring[index] ?? []))
  return minDistance
}

/** The grid point inside the polygon that is farthest from its border; undefined if no grid point is inside. */
function farthest(polygon: Polygon, [west, south, east, north]: Box): Position | undefined {
  let best: { point: Position; distance: number } | undefined
  for (let column = 0.5; column < cells; column += 1) {
    for (let row = 0.5; row < cells; row += 1) {
      const point = [west + ((east - west) * column) / cells, south + ((north - south) * row) / cells]
      const distance = distanceToBorder(point, polygon)
      if (distance > (best?.distance ?? 0) && geoContains(polygon, [point[0] ?? 0, point[1] ?? 0]))
        best = { point, distance }
    }
  }
  return best?.point
}

function boundingBox({ coordinates: [outer = []] }: Polygon): Box {
  const [longitudes, latitudes] = [outer.map(([x = 0]) => x), outer.map(([, y = 0]) => y)]
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)]
}

/** The pole of inaccessibility of a polygon, found with a grid over it and then finer grids around the best point. */
function labelPoint(polygon: Polygon): Position | undefined {
  let box = boundingBox(polygon)
  let point = farthest(polygon, box)
  for (let count = 0; point && count < refinements; count += 1) {
    const [x = 0, y = 0] = point
    const [width, height] = [(box[2] - box[0]) / cells, (box[3] - box[1]) / cells]
    box = [x - width, y - height, x + width, y + height]
    point = farthest(polygon, box) ?? point
  }
  return point
}

/** Lets the longitudes of a ring continue beyond 180 degrees, so that no line crosses the whole map. */
function unwrapped(ring: Position[]): Position[] {
  let previous = ring[0]?.[0] ?? 0
  return ring.map(([x = 0, y = 0]) => {
    previous = x - 360 * Math.round((x - previous) / 360)
    return [previous, y]
  })
}

/** Returns the equivalent longitude from -180 to 180 degrees. */
const toLongitude = (longitude = 0) => longitude - 360 * Math.round(longitude / 360)

const round = (degrees = 0) => Math.round(degrees * 100) / 100

/** Finds the label point of each country on the map in its largest polygon, without holes (lakes). Keys are numeric codes. */
function readPoints(): Map<string, { longitude: number; latitude: number }> {
  const path = createRequire(import.meta.url).resolve('world-atlas/countries-10m.json')
  // The package defines the format of the file.
  const topology = JSON.parse(readFileSync(path, 'utf8')) as Topology<{ countries: GeometryCollection }>
  const points = new Map<string, { longitude: number; latitude: number }>()
  for (const { id, geometry } of feature(topology, topology.objects.countries).features) {
    if (id === undefined || (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon')) continue
    const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    const [largest] = parts
      .map(([outer = []]): Polygon => ({ type: 'Polygon', coordinates: [unwrapped(outer)] }))
      .sort((one, other) => geoArea(other) - geoArea(one))
    // Atolls are too narrow for the grid.
    const point = largest && (labelPoint(largest) ?? geoCentroid(largest))
    if (point && !points.has(String(id)))
      points.set(String(id), { longitude: round(toLongitude(point[0])), latitude: round(point[1]) })
  }
  return points
}

const countries = z.array(z.looseObject({ code: z.string(), numeric: z.string().optional() }))
const points = readPoints()
const updated = countries.parse(JSON.parse(readFileSync(file, 'utf8'))).map((country) => {
  // The map shows only current countries. A withdrawn country may have the same numeric code as a current one.
  const point = 'validTo' in country ? undefined : points.get(country.numeric ?? '')
  if (!point && !('validTo' in country)) console.log(`${country.code} is not on the map`)
  const { labelPoint: _, ...rest } = country
  return point ? { ...rest, labelPoint: point } : rest
})
/** Formats a country as the file does: one property per line. */
const lines = (country: object) =>
  Object.entries(country).map(([name, value]) => {
    const text = JSON.stringify(value, null, 1).replaceAll(/\s*\n\s*/g, ' ')
    return `${JSON.stringify(name)}: ${text}`
  })
writeFileSync(file, `[${updated.map((country) => `{\n${lines(country).join(',\n')}\n}`).join(',\n')}]\n`)
