import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sendSignal } from '../support/send-signal.ts'

/**
 * Hosts of a network, each a network namespace with its own address. They are connected by a bridge, which is also in
 * a namespace, so that the firewall of the machine does not apply. The tests themselves have the first address.
 */

const execute = promisify(execFile)

/** Prefix of the names of namespaces and links. */
const prefix = 'entente-'

const bridgeNamespace = `${prefix}bridge`

/** The network link of the tests; names of links have at most 15 characters. */
const testLink = `${prefix}tests`

/** Addresses for tests of networks (RFC 2544). */
const address = (host: number) => `198.18.77.${host}`

async function ip(...args: string[]): Promise<string> {
  return (await execute('ip', args)).stdout
}

async function namespaces(): Promise<string[]> {
  const lines = (await ip('netns', 'list')).split('\n')
  return lines.map((line) => line.split(' ')[0] ?? '').filter((name) => name.startsWith(prefix))
}

async function pidsIn(namespace: string): Promise<number[]> {
  return (await ip('netns', 'pids', namespace)).split('\n').filter(Boolean).map(Number)
}

async function killIn(namespace: string): Promise<void> {
  for (let pids = await pidsIn(namespace); pids.length > 0; pids = await pidsIn(namespace)) {
    for (const pid of pids) sendSignal(pid, 'SIGKILL')
    await sleep(20)
  }
}

/** Kills all processes in the namespaces of a network, including those of an earlier run, and removes the namespaces. */
export async function removeNetwork(): Promise<void> {
  for (const name of await namespaces()) {
    await killIn(name)
    await ip('netns', 'delete', name)
  }
  await ip('link', 'delete', testLink).catch(() => {})
}

/** Creates the bridge, and connects the tests to it. */
export async function openNetwork(): Promise<void> {
  await ip('netns', 'add', bridgeNamespace)
  await ip('-n', bridgeNamespace, 'link', 'add', 'bridge', 'type', 'bridge')
  await ip('-n', bridgeNamespace, 'link', 'set', 'bridge', 'up')
  await ip('link', 'add', testLink, 'type', 'veth', 'peer', 'name', 'tests', 'netns', bridgeNamespace)
  await connectToBridge('tests')
  await ip('address', 'add', `${address(1)}/24`, 'dev', testLink)
  await ip('link', 'set', testLink, 'up')
}

async function connectToBridge(link: string): Promise<void> {
  await ip('-n', bridgeNamespace, 'link', 'set', link, 'master', 'bridge', 'up')
}

/** A program that runs on a host. */
export interface Program {
  command: string[]
  /** The user that runs it; by default root. */
  user?: string
  env?: NodeJS.ProcessEnv
  /** The file to which its output is appended. */
  log: string
}

/** A host of the network, which other hosts see as a separate machine. */
export class Host {
  readonly name: string
  readonly address: string
  readonly #namespace: string

  private constructor(name: string, lastOctet: number) {
    this.name = name
    this.address = address(lastOctet)
    this.#namespace = `${prefix}${name}`
  }

  /** Adds a host to the network. @param lastOctet the last part of its address. */
  static async open(name: string, { lastOctet }: { lastOctet: number }): Promise<Host> {
    const host = new Host(name, lastOctet)
    const namespace = host.#namespace
    await ip('netns', 'add', namespace)
    await ip('-n', namespace, 'link', 'set', 'lo', 'up')
    await ip(
      '-n',
      namespace,
      'link',
      'add',
      'eth0',
      'type',
      'veth',
      'peer',
      'name',
      name,
      'netns',
      bridgeNamespace,
    )
    await connectToBridge(name)
    await ip('-n', namespace, 'address', 'add', `${host.address}/24`, 'dev', 'eth0')
    await ip('-n', namespace, 'link', 'set', 'eth0', 'up')
    return host
  }

  /** Starts a program on the host. */
  async start({ command, user, env, log }: Program): Promise<ChildProcess> {
    const asUser = user === undefined ? [] : ['setpriv', '--reuid', user, '--regid', user, '--init-groups']
    const args = [`--net=/run/netns/${this.#namespace}`, ...asUser, ...command]
    const { PATH = '' } = process.env
    const output: FileHandle = await open(log, 'a')
    const child = spawn('nsenter', args, {
      env: { PATH: `${PATH}:/usr/sbin`, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', output.fd, output.fd],
    })
    await once(child, 'spawn')
    await output.close()
    return child
  }

  /** The processes that run on the host. */
  pids(): Promise<number[]> {
    return pidsIn(this.#namespace)
  }

  /** Sends a signal to all processes on the host. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    for (const pid of await this.pids()) sendSignal(pid, signal)
  }

  /** Kills all processes on the host, as when it loses power, and returns when they have ended. */
  kill(): Promise<void> {
    return killIn(this.#namespace)
  }

  /** Drops all packets between this host and others silently: connections hang instead of failing. */
  async isolateFrom(others: Host[]): Promise<void> {
    const addresses = `{ ${others.map((other) => other.address).join(', ')} }`
    await this.#nft(`add table ip isolation
      add chain ip isolation in { type filter hook input priority 0; }
      add chain ip isolation out { type filter hook output priority 0; }
      add rule ip isolation in ip saddr ${addresses} drop
      add rule ip isolation out ip daddr ${addresses} drop`)
  }

  /** Lets all packets through again. */
  async heal(): Promise<void> {
    // The table is added first, since deleting a table that does not exist is an error.
    await this.#nft('add table ip isolation\ndelete table ip isolation')
  }

  async #nft(commands: string): Promise<void> {
    const child = spawn('nsenter', [`--net=/run/netns/${this.#namespace}`, 'nft', '-f', '-'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.stdin.end(commands)
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`nft ended with code ${code} on ${this.name}`)
  }
}
