import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { DatabaseClient } from '../database/database.ts'
import type { Keyring } from '../database/keyring.ts'
import type { Role } from '../database/keys.ts'
import type { CollectionPath } from '../model/collection-paths.ts'
import type { Operator } from '../model/filters.ts'
import type { Language } from '../model/languages.ts'
import type { Parameter } from '../model/parameters.ts'
import type { CheckedQuery } from '../model/query-string.ts'
import type { Resource } from '../model/resource.ts'
import type { SpecificProblem } from '../problems/types.ts'
import type { Client } from './client.ts'
import type { ConcurrencyLimiter } from './concurrency.ts'
import type { Names } from './names/names.ts'

/** Who sends a request: an API key, a user of the OpenID Connect issuer, or an anonymous client. */
export interface Actor {
  kind: 'key' | 'oidc' | 'anonymous'
  /** The key's id (`ADMIN_KEY` for the key of the configuration), or the token's subject. */
  id: string | null
  name: string | null
  /** Null when the actor may do no more than an anonymous client. */
  role: Role | null
}

/** Whether an actor may see internal records: every actor with a role, from a key or token. */
export const seesInternal = ({ role }: Actor): boolean => role !== null

/** The required access: `read` (for anyone in a public registry), `write` (for editors) or `admin` (for administrators). */
export type Access = 'read' | 'write' | 'admin'

/** An API request after parsing. `query` and `pathParameters` are checked against the contract. */
export interface ApiRequest {
  /** The HTTP method. The handler of GET also serves HEAD. */
  method: string
  actor: Actor
  /** The client whose limits the request counts against. Apart from limits, no response may depend on it. */
  client: Client
  /** Id of the request in the logs. */
  requestId: string
  /** The key in the path (of a record, an API key or an import), checked by the schema of its collection; empty without one. */
  key: string
  query: CheckedQuery
  /** Path parameters other than the key. */
  pathParameters: CheckedQuery
  /** Path and query as sent. */
  url: string
  /** The query string as sent, without the question mark, for links to other pages. */
  queryString: string
  /** Request headers with names in lower case. A read gets only those of its contract, without `If-None-Match`. */
  headers: Readonly<Record<string, string | undefined>>
  /** Language of names and labels: that of `lang`, otherwise the preferred one of `Accept-Language`, otherwise the default. */
  language: Language
  /**
   * Returns a signal that aborts when the response has been sent, or the client has disconnected. This is a method because V8
   * creates a hidden class per request for a getter, and the class keeps the request in memory until the next full
   * garbage collection.
   */
  getAbortSignal: () => AbortSignal
  /** The parsed JSON body, an array for NDJSON, or an upload of files; undefined for a request without a body. */
  body: unknown
}

/**
 * An API response. The body is text or a stream. If the response to a read has a text body and the header `etag`, the server
 * responds with 304 to a request whose `If-None-Match` has this tag. The response cache stores text bodies, unless the response
 * sets `cache-control`.
 */
export interface ApiResponse {
  status: number
  headers: Record<string, string>
  /** Media type of the body; JSON when left out. */
  type?: string
  body?: string | Readable
}

/** A response header in the contract. */
export interface HeaderContract {
  description: string
  example: string
}

/** A request header in the contract. */
export interface RequestHeader extends HeaderContract {
  name: string
  isRequired?: boolean
  /** Source of the pattern that every valid value matches, for the OpenAPI document. */
  pattern?: string
}

/** A response in the contract that is not a problem. */
export interface ResponseContract {
  description: string
  /** A function, because schemas are created only when the OpenAPI document is built. */
  schema?: () => z.ZodType
  headers: Record<string, HeaderContract>
}

/**
 * The media type of files in the OpenAPI document: many generated clients treat other types as JSON. A response has its actual
 * type, such as `text/csv`. `Accept` is not checked, because generated clients send the type in the document.
 */
export const fileMediaType = 'application/octet-stream'

/** The contract of one endpoint: its parameters, headers and body, and every response. */
export interface Contract {
  /** Stable, and usable as the name of a method: `listAgreements`. */
  operationId: string
  summary: string
  description: string
  /** Further explanations, the same for every resource. The OpenAPI document gives them once, in its introduction. */
  details?: string
  access: Access
  /** How many units of the rate limit a request uses; 1 when left out. */
  cost?: number
  /** `false` keeps the responses to a read out of the response cache. */
  cache?: false
  /** `false` for a read that must run on the primary. */
  replicas?: false
  /** Path parameters other than the key, by name. */
  pathParameters?: Record<string, Parameter>
  query: Record<string, Parameter>
  /** Operators that the OpenAPI document lists as parameters; all when left out. The endpoint accepts all operators. */
  documentedOperators?: readonly Operator[]
  headers: RequestHeader[]
  body?: {
    /** The media types that are accepted. The OpenAPI document has only the first: some generators support no others. */
    mediaTypes: [string, ...string[]]
    /** Whether the body may be left out. */
    isOptional?: true
    /** Maximum size in bytes; the limit of the server when left out. */
    maxBytes?: number
    schema: () => z.ZodType
    /** An example, unless the schema has one that can be sent. */
    example?: unknown
  }
  responses: Record<number, ResponseContract>
  /** Media type of successful responses; JSON when left out. */
  mediaType?: string
  /** The problems that the endpoint may return besides `commonProblems`; none when left out. */
  problems?: readonly SpecificProblem[]
}

/** The publisher of the registry, from the configuration, for formats that name one. */
export interface Publisher {
  name: string
  /** IATI organisation identifier of the publisher, such as `XM-DAC-41114`. */
  iatiId: string
  /** IATI organisation type of the publisher, a code. */
  iatiType: string
  /** The URL by which clients reach the service, without a slash at the end; undefined when it is not known. */
  serviceUrl?: string | undefined
}

/** The services that a handler uses. */
export interface Context {
  /**
   * The database as the request's actor sees it: without internal records for a reader without a role. Its statements are
   * work of the request's client (`Work`).
   */
  database: DatabaseClient
  /**
   * Shows the same records as `database`, with separate connections for exports, since an export holds its connection while its
   * client reads. Exports count against `exportLimit`, not against the share of the client.
   */
  exportDatabase: DatabaseClient
  /** Shows the same records as `database`, with separate connections for streams, which all clients share. */
  streamDatabase: DatabaseClient
  /** Bounds exports. */
  exportLimit: ConcurrencyLimiter
  /** Bounds streams of changes and of the progress of imports. */
  streamLimit: ConcurrencyLimiter
  /** The names of the records that responses refer to, as the reader sees them. */
  names: Names
  publisher: Publisher
  /** Maximum size of an uploaded file in bytes. */
  importMaxBytes: number
  /** Signs cursors; the same for all processes on one database. */
  cursorSecret: string
  /** The keys in memory. An endpoint that changes a key calls `invalidate`. */
  keyring: Pick<Keyring, 'invalidate'>
  /** Resolves when the service next notices a change in the database, and at the latest after `timeoutMs`. */
  waitForChange(timeoutMs: number): Promise<void>
  /** Aborts when the service closes, so that endless responses end. */
  closing: AbortSignal
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A collection whose entries have keys in paths: a resource, API keys or imports. */
export interface KeyedCollection {
  /** Name of the resource; undefined if the entries are not records. */
  name?: string
  noun: string
  key: Pick<Resource['key'], 'property' | 'schema'>
}

/** An endpoint: a method and path with a contract and a handler. */
export interface Endpoint {
  method: Method
  /** Path template as in the OpenAPI document: `/v1/countries/{code}`. */
  path: string
  /** OpenAPI tag. */
  tag: string
  contract: Contract
  /** The collection of the key in the path; undefined if the path has no key. */
  collection?: KeyedCollection
  handle(request: ApiRequest, context: Context): Promise<ApiResponse>
}

/** The path of an operation: below the list of the resource, or below a record. */
type OperationPath =
  | { scope: 'collection'; path: `/${CollectionPath}` | '' }
  | { scope: 'record'; path: `/${string}` | '' }

/** The contract of an operation, with its path below the resource. */
export type OperationContract = Contract & OperationPath

/** An operation that exists for every resource. */
export interface Operation {
  method: Method
  contract(resource: Resource): OperationContract
  handle(resource: Resource, request: ApiRequest, context: Context): Promise<ApiResponse>
}
