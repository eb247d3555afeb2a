import { execFileSync } from 'node:child_process'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCluster } from '../../src/database/embedded/cluster.ts'
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'
import { ensureStarted } from '../../src/database/embedded/postmaster.ts'
import { canMount, mountMemory } from '../support/mount.ts'

/** The embedded PostgreSQL on disks that cannot be written. The tests need root on Linux. */

const settings = ['fsync=off']

describe.runIf(canMount)('a folder for the embedded PostgreSQL [needs root on Linux]', () => {
  it('is refused on a read-only file system, with a message that says so', async () => {
    const refusal = openEmbeddedDatabase(join(await mountMemory('ro'), 'a/b'))
    await expect(refusal).rejects.toThrow(/a\/b cannot be written: read-only file system$/)
  })

  it('is refused on a disk that has become read-only, with a message that says so', async () => {
    const disk = await mountMemory('size=120m,mode=755')
    const cluster = await openCluster(disk)
    execFileSync('mount', ['-o', 'remount,ro', disk])
    await expect(ensureStarted(cluster, settings)).rejects.toThrow('cannot be started: read-only file system')
  })

  it('is refused on a full disk, even if PostgreSQL cannot log the reason', async () => {
    const disk = await mountMemory('size=120m,mode=755')
    await (await openEmbeddedDatabase(disk, settings)).close()
    // A log that ends within a block of the disk could still be continued.
    await truncate(join(disk, 'postgres/server.log'))
    await writeFile(join(disk, 'filler'), Buffer.alloc(120 * 2 ** 20)).catch(() => {})
    await expect(openEmbeddedDatabase(disk, settings)).rejects.toThrow('cannot be started: its disk is full')
  })
})
