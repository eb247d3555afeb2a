import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

/** Returns the relative luminance of a color such as `#978a70`, as WCAG 2.2 defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\w\w/g) ?? []).map((hex) => {
    const part = Number.parseInt(hex, 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

describe('the color of bars', () => {
  it.each(['bar', 'unknown'])('has a contrast of 3:1 to the surface in both schemes: --%s', async (name) => {
    const styles = await readFile('src/dashboard/styles/tokens.css', 'utf8')
    const values = (token: string) =>
      [...styles.matchAll(new RegExp(`--${token}: (#\\w+);`, 'g'))].map(([, color = '']) => color)
    // Each token has two values: the light scheme comes first, then the dark one.
    const surfaces = values('surface')
    expect(surfaces).toHaveLength(2)
    const contrasts = values(name).map((color, index) => {
      const [dark = 0, light = 0] = [color, surfaces[index] ?? ''].map(luminance).sort((a, b) => a - b)
      return (light + 0.05) / (dark + 0.05)
    })
    expect(contrasts).toHaveLength(2)
    expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(3)
  })
})
