import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase } from '../support/database.ts'
import { makeLaterVersion, type ServiceVersion } from '../support/service-version.ts'
import { useOpened } from '../support/use-opened.ts'
import { asAdministrator, openService, type Service, waitUntil } from './service.ts'

/**
 * The column `website` of organizations is renamed to `homepage` while clients write and read through processes of two
 * versions at a time: the second version adds the new column, and the third removes the old column.
 */

const clientCount = 6
const writesPerStep = 100

const expandMigration = {
  tag: '9001_homepage',
  compatibility: { expand: true as const },
  sql: `alter table organizations add column homepage text;
--> statement-breakpoint
create function homepage_is_website() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.homepage := coalesce(new.homepage, new.website);
  elsif new.website is distinct from old.website then
    new.homepage := new.website;
  end if;
  new.website := new.homepage;
  return new;
end $$;
--> statement-breakpoint
create trigger homepage_is_website before insert or update on organizations for each row execute function homepage_is_website();
--> statement-breakpoint
select sync_history(false), set_config('entente.writer', 'service', true), set_config('entente.versioning', 'off', true);
--> statement-breakpoint
update organizations set homepage = website where website is not null;
--> statement-breakpoint
update history.organizations set homepage = website where website is not null;
--> statement-breakpoint
select set_config('entente.writer', '', true), set_config('entente.versioning', '', true);`,
}

const contractMigration = {
  tag: '9002_no-website',
  compatibility: { contract: expandMigration.tag },
  sql: `drop trigger homepage_is_website on organizations;
--> statement-breakpoint
drop function homepage_is_website();
--> statement-breakpoint
alter table organizations drop column website;`,
}

const renamed = { file: 'src/resources/organizations.ts', from: 'website:', to: 'homepage:' }

const database = useOpened(openTestDatabase)
let second: ServiceVersion
let third: ServiceVersion
beforeAll(async () => {
  second = await makeLaterVersion([renamed], [expandMigration])
  third = await makeLaterVersion([renamed], [expandMigration, contractMigration])
})
afterAll(async () => {
  await second?.remove()
  await third?.remove()
})

/** A process of a version, and the name of the renamed property in this version. */
interface Server {
  service: Service
  property: 'website' | 'homepage'
}

/** Without a response cache, so that a process reads what another process has just written. */
const env = { CACHE_MB: '0' }

const open = async (property: Server['property'], version?: ServiceVersion): Promise<Server> => ({
  property,
  service: await openService(database.url, env, version ?? {}),
})

async function request(url: string, init: RequestInit): Promise<{ id: string; [name: string]: unknown }> {
  const response = await fetch(url, init)
  if (!response.ok)
    throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { id: string }
}

/** Clients that each write and read one organization. Each request goes to a random server. */
class Load {
  /** The servers behind the load balancer. */
  readonly servers: Server[] = []
  writes = 0
  reads = 0
  /** The last write of each client by the key of its organization. */
  readonly written = new Map<string, { address: string; version: number }>()
  #running = new Map<Server, number>()
  #stopped = false

  /** Runs a request on a random server, and counts it as in flight there. */
  async #onRandomServer<T>(run: (server: Server) => Promise<T>): Promise<T> {
    const server = this.servers[Math.floor(Math.random() * this.servers.length)]
    if (!server) throw new Error('no server is left')
    this.#running.set(server, (this.#running.get(server) ?? 0) + 1)
    return await run(server).finally(() => this.#running.set(server, (this.#running.get(server) ?? 1) - 1))
  }

  /** Removes a server from the load balancer, and stops it when no request is in flight. */
  async stop(server: Server): Promise<void> {
    this.servers.splice(this.servers.indexOf(server), 1)
    await waitUntil(() => this.#running.get(server) === 0, 30_000)
    expect(await server.service.stop()).toBe(0)
  }

  async #write(name: string, key: string | undefined, version: number): Promise<string> {
    const address = `https://example.org/${name}/${version}`
    const { id } = await this.#onRandomServer(({ service, property }) =>
      key === undefined
        ? request(`${service.origin}/v1/organizations`, {
            method: 'POST',
            headers: asAdministrator,
            body: JSON.stringify({ name, kind: 'government', [property]: address }),
          })
        : request(`${service.origin}/v1/organizations/${key}`, {
            method: 'PATCH',
            headers: {
              ...asAdministrator,
              'content-type': 'application/merge-patch+json',
              'if-match': `"${version - 1}"`,
            },
            body: JSON.stringify({ [property]: address }),
          }),
    )
    this.written.set(id, { address, version })
    this.writes += 1
    return id
  }

  async #read(key: string): Promise<void> {
    await this.#onRandomServer(async (server) => expectAddress(server, key, this.written.get(key)))
    this.reads += 1
  }

  async #client(name: string): Promise<void> {
    let key: string | undefined
    for (let version = 1; !this.#stopped; version += 1) {
      key = await this.#write(name, key, version)
      await this.#read(key)
      await sleep(5)
    }
  }

  /** Starts the clients. The returned promise rejects with the first request that fails. */
  start(): Promise<unknown> {
    return Promise.all(
      Array.from({ length: clientCount }, (_, index) => this.#client(`organization-${index}`)),
    )
  }

  /** Waits for `writesPerStep` more writes. */
  async waitForWrites(): Promise<void> {
    const before = this.writes
    await waitUntil(() => this.writes >= before + writesPerStep, 300_000)
  }

  end(): void {
    this.#stopped = true
  }
}

async function expectAddress(
  { service, property }: Server,
  key: string,
  expected: { address: string; version: number } | undefined,
): Promise<void> {
  const found = await request(`${service.origin}/v1/organizations/${key}`, {})
  expect({ address: found[property], version: found.version }).toEqual(expected)
}

it('two versions write and read while one column replaces another, and no request fails', async ({
  task,
}) => {
  const load = new Load()
  const upgrade = async () => {
    const firstServer = await open('website')
    load.servers.push(firstServer)
    await load.waitForWrites()
    const secondServer = await open('homepage', second)
    load.servers.push(secondServer)
    await load.waitForWrites()
    await load.stop(firstServer)
    await firstServer.service.start()
    load.servers.push(firstServer)
    await load.waitForWrites()
    // The first server still runs, but gets no more requests.
    load.servers.splice(load.servers.indexOf(firstServer), 1)
    const thirdServer = await open('homepage', third)
    load.servers.push(thirdServer)
    await load.waitForWrites()
    expect((await fetch(`${firstServer.service.origin}/readyz`)).status).toBe(503)
    expect((await fetch(`${secondServer.service.origin}/readyz`)).status).toBe(200)
    await load.stop(secondServer)
    await secondServer.service.start()
    load.servers.push(secondServer)
    await load.waitForWrites()
    await firstServer.service.stop()
    await expect(firstServer.service.start()).rejects.toThrow(/newer than this version of Entente/)
    return thirdServer
  }
  const upgrading = upgrade().finally(() => load.end())
  await waitUntil(() => load.servers.length > 0, 300_000)
  await Promise.all([upgrading, load.start()])
  const thirdServer = await upgrading
  for (const [key, expected] of load.written) await expectAddress(thirdServer, key, expected)
  task.meta.figures = { writes: load.writes, reads: load.reads, failed: 0 }
})
