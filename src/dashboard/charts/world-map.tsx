import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { scaleSqrt } from 'd3-scale'
import { useEffect, useState } from 'preact/hooks'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import geometryUrl from 'world-atlas/countries-50m.json?url'
import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/** A country with a number, by its ISO 3166-1 numeric code. */
export interface MapValue {
  numeric: string | null
  label: string
  value: number
  path: string
}

const width = 960
const height = 480
/** Without the south of Antarctica, where nobody signs. */
const shownHeight = 436

const projection = geoNaturalEarth1().fitSize([width, height], { type: 'Sphere' })

/** The shapes of the world, and the centre of each country by its code. */
interface World {
  paths: string[]
  centroids: ReadonlyMap<string, readonly [number, number]>
}

async function readWorld(): Promise<World> {
  const response = await fetch(geometryUrl)
  // The file is one of world-atlas, or one of the same form that the operator has put in its place.
  const topology = (await response.json()) as Topology<{ countries: GeometryCollection }>
  const { features } = feature(topology, topology.objects.countries)
  const toPath = geoPath(projection)
  return {
    paths: features.map((country) => toPath(country) ?? ''),
    centroids: new Map(features.map((country) => [String(country.id), toPath.centroid(country)])),
  }
}

/** The geometry, read once. */
let world: Promise<World> | undefined

function useWorld(): World | undefined {
  const [loaded, setLoaded] = useState<World>()
  useEffect(() => {
    world ??= readWorld()
    world.then(setLoaded, () => {
      world = undefined
    })
  }, [])
  return loaded
}

/** A map of the world with a circle for each country, whose area is its number. */
export default function WorldMap({ caption, values }: { caption: string; values: readonly MapValue[] }) {
  const { number } = useLanguage()
  const world = useWorld()
  const radius = scaleSqrt([0, Math.max(1, ...values.map(({ value }) => value))], [0, 26])
  const markers = values
    .map((value) => ({ ...value, at: world?.centroids.get(value.numeric ?? '') }))
    .sort((one, other) => other.value - one.value)
  return (
    <svg class="map" viewBox={`0 0 ${width} ${shownHeight}`}>
      <title>{caption}</title>
      <path d={world?.paths.join('')} />
      {markers.map(({ label, value, path, at }) => {
        if (!at) return null
        const name = `${label}: ${number(value)}`
        return (
          <Link key={label} href={path} aria-label={name}>
            <title>{name}</title>
            <circle cx={at[0]} cy={at[1]} r={Math.max(3, radius(value))} />
          </Link>
        )
      })}
    </svg>
  )
}
