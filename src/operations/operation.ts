import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Database } from '../database/database.ts'
import type { Keyring } from '../database/keyring.ts'
import type { Role } from '../database/keys.ts'
import type { CheckedQuery, Parameter } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import type { ProblemType } from '../problems/types.ts'
import type { LongReads } from './long-reads.ts'

/** Who asks: by a key, by a token of the OpenID Connect issuer, or anybody. */
export interface Actor {
  kind: 'key' | 'oidc' | 'anonymous'
  /** The key's id (`ADMIN_KEY` for the one that the service was started with), or the token's subject. */
  id: string | null
  name: string | null
  /** Null when nothing more is allowed than to anybody. */
  role: Role | null
}

/** What an endpoint demands of who asks: a reader (or anybody, in a public registry), an editor, an administrator. */
export type Access = 'read' | 'write' | 'admin'

/** An API request. The server has read it, and `query` has checked its parameters. */
export interface ApiRequest {
  /** The request's method; HEAD is answered by what answers GET. */
  method: string
  actor: Actor
  /** What logs know the request by. */
  requestId: string
  /** The record's key from the path, in the form that the resource demands; empty where the path has none. */
  key: string
  query: CheckedQuery
  /** What varies in the path beside the key, checked as parameters are. */
  segments: CheckedQuery
  /** Path and query as they were sent. */
  url: string
  /** The query string as it was sent, for links to other pages. */
  search: string
  /** Request headers, names in lower case. Reads are shown `accept` and what their contract names. */
  headers: Readonly<Record<string, string | undefined>>
  /** The word of the format that the answer is to have: `json`, or one of the contract's formats. */
  format: string
  /**
   * A signal that is aborted when the client leaves before it has the answer. No getter: V8 would make a hidden class
   * for each request, which outlives it and keeps all that the request holds until the next full collection.
   */
  gone: () => AbortSignal
  /** Media type of the body, in lower case and without parameters. */
  bodyType?: string
  /** The JSON of the body, a list where it has a value in each line; undefined where the operation takes none. */
  body: unknown
}

/**
 * An API response. Its body is a text, which is sent as it is, or a stream. When a read sets an `etag`, the server
 * answers 304 to a client that has it. The response cache stores texts, unless the response sets `cache-control`.
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

/** A format that a good answer can be had in besides JSON. */
export interface FormatContract {
  mediaType: string
  schema: () => z.ZodType
}

/** A request header in the contract. */
export interface RequestHeader extends HeaderContract {
  name: string
  presence: 'required' | 'optional'
}

/** A good answer in the contract. */
export interface AnswerContract {
  description: string
  /** A function, since schemas are only made when the document is asked for. */
  schema?: () => z.ZodType
  /** What the body is besides JSON, where requests of another kind are answered in another. */
  others?: FormatContract[]
  headers: Record<string, HeaderContract>
}

/** All that a client can know of one endpoint: what it may send, and every answer. */
export interface Contract {
  /** Stable, and read as the name of a method: `listAgreements`. */
  operationId: string
  summary: string
  description: string
  access: Access
  /** `false` keeps the responses to a read out of the response cache. */
  cache?: false
  /** What varies in the path beside the key, by its name in braces. */
  segments?: Record<string, Parameter>
  query: Record<string, Parameter>
  headers: RequestHeader[]
  body?: {
    mediaTypes: string[]
    /** Requests may have none. */
    presence?: 'optional'
    /** Most bytes, where they are more than usual. */
    largest?: number
    schema: () => z.ZodType
    example: unknown
    /** Several bodies at once, a line each. */
    lines?: FormatContract & { example: string }
  }
  answers: Record<number, AnswerContract>
  /** Media type of the good answers where it is not JSON. */
  mediaType?: string
  /** Formats of the 200 besides JSON, by the words of the parameter `format`, which goes before `Accept`. */
  formats?: Record<string, FormatContract>
  problems: ProblemType[]
}

/** What operations work with. */
export interface Context {
  database: Database
  /** Bounds exports and questions about the past. */
  longReads: LongReads
  /** Signs cursors; the same for all processes on one database. */
  cursorSecret: string
  /** To be told of every change of a key that an endpoint makes. */
  keyring: Pick<Keyring, 'changed'>
  /** Resolves at the next change of the database that is heard of, and at the latest after so many milliseconds. */
  changed(milliseconds: number): Promise<void>
  /** Aborted when the service closes: answers without an end then have one. */
  closing: AbortSignal
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What the key in a path is of: a resource, or what else is kept under keys. */
export interface Keyed {
  noun: string
  key: Pick<Resource['key'], 'property' | 'schema'>
}

/** Something that clients can ask for, on a path of its own. */
export interface Endpoint {
  method: Method
  /** Path with what varies in braces, as in the OpenAPI document: `/v1/countries/{code}`. */
  path: string
  /** Name of the group that the documentation shows it in. */
  tag: string
  contract: Contract
  /** What the key in the path is of, where one stands there. */
  keyed?: Keyed
  handle(request: ApiRequest, context: Context): Promise<ApiResponse>
}

/** The contract of an operation: on which path of the resource it is, besides. */
export interface OperationContract extends Contract {
  /** All records, a way of asking about all or of changing many, one of them, its past, a state in its past, or a way of changing it. */
  path: `/${string}` | ''
  /** Whether the path is below a record or below the list of the resource. */
  of: 'all' | 'one'
}

/** One thing that can be done with any resource. */
export interface Operation {
  method: Method
  contract(resource: Resource): OperationContract
  handle(resource: Resource, request: ApiRequest, context: Context): Promise<ApiResponse>
}
