import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

const lines = (name: string) => readFileSync(join(packageRoot, name), 'utf8').split('\n')

/** The files and folders of the repository that the Dockerfile copies. */
const copied = lines('Dockerfile').flatMap((line) => {
  const [instruction, ...paths] = line.split(' ')
  return instruction === 'COPY' && !paths[0]?.startsWith('--') ? paths.slice(0, -1) : []
})

describe('Dockerfile', () => {
  // `.dockerignore` excludes everything except the names that follow `!`.
  it('copies only files that .dockerignore includes', () => {
    const included = lines('.dockerignore').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
    expect(copied).toContain('src')
    expect(copied.filter((path) => !included.includes(path))).toEqual([])
  })
})
