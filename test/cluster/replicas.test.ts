import { beforeAll, describe, expect, it } from 'vitest'
import { asAdministrator } from '../faults/service.ts'
import { repetitions } from '../support/repetitions.ts'
import { useOpened } from '../support/use-opened.ts'
import { openCluster } from './cluster.ts'
import { fetchPatiently } from './load.ts'
import { clusterUnavailableReason } from './tools.ts'

/** One standby replays the WAL 90 s late, and the other without delay. */

const minOwnReads = repetitions(100_000)
const clients = 20
const readsAfterWrite = 10

describe.skipIf(clusterUnavailableReason())('two replicas, of which one is 90 s behind', () => {
  const cluster = useOpened(openCluster)
  beforeAll(async () => {
    const [, other] = await cluster.postgres.standbys()
    await other?.query("alter system set recovery_min_apply_delay = '90s'")
    await other?.query('select pg_reload_conf()')
  })

  const organizationsUrl = () => `${cluster.balancer.origin}/v1/organizations`

  /**
   * Creates an organization, or changes the one with `key`.
   * @returns its key and version, and the position that a client must send to read this write.
   */
  async function write(
    name: string,
    key?: string,
  ): Promise<{ key: string; version: number; position: string }> {
    const [method, url, headers] =
      key === undefined
        ? ['POST', organizationsUrl(), { 'content-type': 'application/json' }]
        : [
            'PATCH',
            `${organizationsUrl()}/${key}`,
            { 'content-type': 'application/merge-patch+json', 'if-match': '*' },
          ]
    const response = await fetchPatiently(url, {
      method,
      headers: { ...asAdministrator, ...headers },
      body: JSON.stringify({ name, kind: 'multilateral' }),
    })
    const text = await response.text()
    const position = response.headers.get('entente-position')
    if (!response.ok || position === null) throw new Error(`status ${response.status} of a write: ${text}`)
    const { id, version } = JSON.parse(text)
    return { key: id, version, position }
  }

  /**
   * Reads a written record as an anonymous client, in half of the cases without the cache. Returns whether the response is stale.
   */
  async function isStale({ key, version, position }: Awaited<ReturnType<typeof write>>, index: number) {
    const headers = {
      'entente-position': position,
      ...(index % 2 === 0 && { 'cache-control': 'no-cache' }),
    }
    const response = await fetchPatiently(`${organizationsUrl()}/${key}`, { headers })
    const text = await response.text()
    if (response.status === 404) return true
    if (response.status !== 200) throw new Error(`status ${response.status} of a read: ${text}`)
    return JSON.parse(text).version < version
  }

  /** Counts the reads of both processes so far: those on replicas, and all. */
  async function countReads(): Promise<{ replica: number; all: number }> {
    const sums = { replica: 0, all: 0 }
    for (const { origin } of cluster.services) {
      const metrics = await (await fetch(`${origin}/metrics`)).text()
      for (const [, labels = '', value] of metrics.matchAll(/^entente_reads_total\{(.*)\} (\d+)$/gm)) {
        sums.all += Number(value)
        if (labels.includes('"replica"')) sums.replica += Number(value)
      }
    }
    return sums
  }

  it('never send a client a state that is older than its own writes', async ({ task }) => {
    let reads = 0
    let stale = 0
    const work = async (client: number) => {
      let written = await write(`client ${client}`)
      for (let round = 1; reads < minOwnReads; round += 1) {
        written = await write(`client ${client}, ${round}`, written.key)
        for (let index = 0; index < readsAfterWrite; index += 1) {
          if (await isStale(written, index)) stale += 1
          reads += 1
        }
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
    task.meta.figures = { 'reads of own writes': reads, stale }
    expect(stale).toBe(0)
  })

  it('serve at least 30 % of the reads without a position', async ({ task }) => {
    const before = await countReads()
    const read = async (client: number) => {
      for (let index = 0; index < 200; index += 1) {
        // Writes continue meanwhile.
        if (index % 20 === 0) await write(`writer ${client}, ${index}`)
        const url = `${cluster.balancer.origin}/v1/agreements?country=PAK&limit=${1 + (index % 25)}`
        const response = await fetchPatiently(url, { headers: { 'cache-control': 'no-cache' } })
        await response.arrayBuffer()
        expect(response.status).toBe(200)
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, client) => read(client)))
    const after = await countReads()
    const share = (after.replica - before.replica) / (after.all - before.all)
    task.meta.figures = {
      reads: after.all - before.all,
      'on replicas in %': Math.round(100 * share),
    }
    expect(share).toBeGreaterThan(0.3)
  })
})
