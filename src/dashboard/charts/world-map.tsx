import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { scaleSqrt } from 'd3-scale'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import geometryUrl from 'world-atlas/countries-50m.json?url'
import { Link } from 'wouter-preact'
import { sendRequest } from '../api/client.ts'
import { useRead } from '../api/use-read.ts'
import { Failure } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { useMediaQuery } from '../use-media-query.ts'
import { fallbackCoordinates } from './fallback-coordinates.ts'

/** A place on the map, in degrees. */
export interface Coordinates {
  longitude: number
  latitude: number
}

/** A marker on the map: a country or a place, with or without a number. */
export interface MapMarker {
  /** The code of a country; empty for a place. */
  code: string
  /** The coordinates of the marker, if the registry has them. Those of a country are its `labelPoint`. */
  coordinates: Coordinates | null
  label: string
  /** The number that the area of the circle shows; null for a marker without a number. */
  value: number | null
  /** The path of the view that the marker links to. */
  path?: string
}

// All lengths are in units of the view box of the SVG.

/** The radius of a marker without a number. */
const plainRadius = 7
/** The smallest and the largest radius of a marker with a number. */
const minRadius = 3
const maxRadius = 26

/** The width of the outline of a circle. */
const outlineWidth = 1
/** The map is smaller on a narrow screen, where its circles are enlarged, so that they stay visible and easy to tap. */
const narrowScreen = '(max-width: 36rem)'
const narrowScale = 1.8

const width = 960
const height = 480
/** The height of the map without Antarctica, which is shown only for markers that are there. */
const heightWithoutAntarctica = 420

const projection = geoNaturalEarth1().fitSize([width, height], { type: 'Sphere' })

/** Reads the outlines of all countries, as the data of an SVG path. */
async function readWorld(): Promise<string> {
  const response = await sendRequest(geometryUrl, {})
  // The file is from world-atlas, or from the operator, who can replace it with a file of the same format.
  const topology = (await response.json()) as Topology<{ countries: GeometryCollection }>
  return geoPath(projection)(feature(topology, topology.objects.countries)) ?? ''
}

/** Returns the position of a marker in the view box, or null if its coordinates are unknown. */
function positionOf({ code, coordinates }: MapMarker): [number, number] | null {
  const point = coordinates
    ? ([coordinates.longitude, coordinates.latitude] as const)
    : fallbackCoordinates[code]
  return point ? projection([...point]) : null
}

/**
 * A map of the world with a circle for each marker. The area of a circle is proportional to the number of its marker, except
 * for small numbers, whose circles have the minimum radius.
 */
export default function WorldMap({ caption, markers }: { caption: string; markers: readonly MapMarker[] }) {
  const { t, number } = useLanguage()
  const { body: world, error, retry } = useRead('the shapes of the world', readWorld)
  const scale = scaleSqrt([0, Math.max(1, ...markers.map(({ value }) => value ?? 0))], [0, maxRadius])
  const circleScale = useMediaQuery(narrowScreen) ? narrowScale : 1
  const radiusOf = (value: number | null) =>
    circleScale * (value === null ? plainRadius : Math.max(minRadius, scale(value)))
  const positionedMarkers = markers
    .map((marker) => ({ ...marker, position: positionOf(marker), radius: radiusOf(marker.value) }))
    .sort((one, other) => (other.value ?? 0) - (one.value ?? 0))
  const isInAntarctica = ({ position }: { position: [number, number] | null }) =>
    position !== null && position[1] + plainRadius > heightWithoutAntarctica
  const shownHeight = positionedMarkers.some(isInAntarctica) ? height : heightWithoutAntarctica
  // A circle near an edge reaches beyond the map, so the view box contains all circles.
  const reaches = positionedMarkers.flatMap(({ position, radius }) =>
    position ? [{ x: position[0], y: position[1], reach: radius + outlineWidth }] : [],
  )
  const left = Math.min(0, ...reaches.map(({ x, reach }) => x - reach))
  const right = Math.max(width, ...reaches.map(({ x, reach }) => x + reach))
  const top = Math.min(0, ...reaches.map(({ y, reach }) => y - reach))
  const bottom = Math.max(shownHeight, ...reaches.map(({ y, reach }) => y + reach))
  const unplaced = positionedMarkers.filter(({ position }) => !position)
  return (
    <>
      <svg class="map" viewBox={[left, top, right - left, bottom - top].join(' ')}>
        <title>{caption}</title>
        <path d={world} />
        {positionedMarkers.map(({ label, value, path, position, radius }) => {
          if (!position) return null
          const name = value === null ? label : t('value.named', { name: label, value: number(value) })
          const circle = (
            <>
              <title>{name}</title>
              <circle cx={position[0]} cy={position[1]} r={radius} />
            </>
          )
          return path === undefined ? (
            <g key={label} class="place">
              {circle}
            </g>
          ) : (
            <Link key={label} href={path}>
              {circle}
            </Link>
          )
        })}
      </svg>
      {error && <Failure error={error} retry={retry} />}
      {unplaced.length > 0 && (
        <p class="small soft">
          {t('chart.notOnMap')}{' '}
          {unplaced.map(({ label, value, path }, index) => {
            const text = value === null ? label : `${label} ${number(value)}`
            return (
              <span key={label}>
                {index > 0 && ' · '}
                {path === undefined ? text : <Link href={path}>{text}</Link>}
              </span>
            )
          })}
        </p>
      )}
    </>
  )
}
