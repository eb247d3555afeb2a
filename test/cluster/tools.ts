import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The commands that the tests need, each with its Debian package. */
const commands = {
  etcd: 'etcd-server',
  haproxy: 'haproxy',
  ip: 'iproute2',
  nft: 'nftables',
  nsenter: 'util-linux',
  patroni: 'patroni',
  prometheus: 'prometheus',
  setpriv: 'util-linux',
}

// The PATH of a user may lack the folders of administration commands.
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isInstalled = (command: string) => folders.some((folder) => isExecutable(join(folder, command)))

const postgresFolder = '/usr/lib/postgresql'

/** Folder of the programs of the newest PostgreSQL from Debian's packages; undefined when none is installed. */
export function findPostgres(): string | undefined {
  if (!existsSync(postgresFolder)) return undefined
  const versions = readdirSync(postgresFolder).sort((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => join(postgresFolder, version, 'bin'))
    .find((bin) => isExecutable(join(bin, 'postgres')))
}

/** Returns the reason why no cluster can run on this machine; undefined if one can. */
export function clusterUnavailableReason(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = Object.entries(commands).filter(([command]) => !isInstalled(command))
  const packages = new Set(missing.map(([, name]) => name))
  if (!findPostgres()) packages.add('postgresql')
  return packages.size === 0 ? undefined : `Debian's packages are missing: ${[...packages].join(', ')}`
}
