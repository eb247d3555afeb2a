import { normalizeIP } from '@fastify/rate-limit'
import { LRUCache } from 'lru-cache'
import type { Client } from '../../../operations/client.ts'

/** Prefix lengths of IPv6: a subscriber has a /64 for each network, and may have a whole /48 (RFC 6177). */
const prefixLengths = { subscriber: 64, site: 48 } as const

/** Returns the name of an address: for IPv6, of its /64 network. IPv4-mapped IPv6 addresses count as IPv4. */
export const addressName = (ip: string): string => `address ${normalizeIP(ip, prefixLengths.subscriber)}`

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
