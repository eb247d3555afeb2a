import { BlockList, isIP, isIPv6 } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Client } from '../../../operations/client.ts'

/**
 * Returns the IP address in an element of `X-Forwarded-For`, without the port that some proxies add; undefined if the element has
 * no address.
 */
function findAddress(text: string): string | undefined {
  if (isIP(text)) return text
  const [, bracketed, plain] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(text) ?? []
  const address = bracketed ?? plain ?? ''
  return isIP(address) ? address : undefined
}

/** Returns a function that says whether an address is one of the addresses and networks of proxies. */
export function proxyCheck(networks: readonly string[]): (text: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (text) => {
    const address = findAddress(text)
    return address !== undefined && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
}

/** Returns the address of the client of a request. If a proxy forwards no address, returns the address of the proxy. */
export const clientAddress = ({ ip, ips = [ip] }: FastifyRequest): string =>
  ips.map((text) => findAddress(text ?? '')).findLast((address) => address !== undefined) ?? ''

/** Prefix lengths of IPv6: a site of a subscriber has up to a /48, and in it a /64 for each subnet (RFC 6177). */
const prefixLengths = { subnet: 64, site: 48 } as const

/** Returns the name of an address: for IPv6, of its /64 subnet. IPv4-mapped IPv6 addresses count as IPv4. */
export const addressName = (ip: string): string => `address ${normalizeIP(ip, prefixLengths.subnet)}`

function siteName(ip: string): string {
  const site = normalizeIP(ip, prefixLengths.site)
  return site.includes(':') ? `network ${site}/${prefixLengths.site}` : addressName(ip)
}

/** Maximum number of addresses in memory. They are cached because parsing an IPv6 address takes microseconds. */
const maxKnownAddresses = 10_000

const clients = new LRUCache<string, Client>({ max: maxKnownAddresses })

/** Returns the client of requests without key or token that come from an address. */
export function anonymousClient(ip: string): Client {
  const known = clients.get(ip)
  if (known) return known
  const client = { name: addressName(ip), group: siteName(ip), isAnonymous: true }
  clients.set(ip, client)
  return client
}
