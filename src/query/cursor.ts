import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Fault, Problem } from '../problems/problem.ts'
import type { ListPlan } from './list.ts'

/** The sort keys of the last record of a page, as text. */
export type Position = string[]

const digest = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 16)

/** What a cursor is bound to: nothing else can use it. */
export type Scope = string

/** The scope of what these values describe, as JSON. */
export const scopeFrom = (...parts: unknown[]): Scope => digest(JSON.stringify(parts))

const scopes = new WeakMap<ListPlan, Scope>()

/** The scope of a list: the resource, the filters with their values, the order, and the moment where it is not now. */
export function scopeOf(plan: ListPlan): Scope {
  const { resource, where, sort, asOf } = plan
  const moment = asOf === undefined ? [] : [asOf]
  const known = scopes.get(plan) ?? scopeFrom(resource.name, where, sort, ...moment)
  scopes.set(plan, known)
  return known
}

const sign = (payload: string, secret: string) =>
  createHmac('sha256', secret).update(payload).digest('base64url').slice(0, 22)

/** Where a cursor was sent. */
export type Place = Pick<Fault, 'parameter' | 'pointer'>

const inQuery: Place = { parameter: 'cursor' }

const refuse = (why: string, place: Place) =>
  new Problem('invalid-cursor', `The cursor ${why}. Start again without it.`, {
    errors: [{ ...place, code: 'invalid', message: why }],
  })

/** A cursor for the page after a record, which only this query can use. */
export function writeCursor(scope: Scope, position: Position, secret: string): string {
  const payload = Buffer.from(JSON.stringify([scope, ...position])).toString('base64url')
  return `${payload}.${sign(payload, secret)}`
}

/**
 * The position that a cursor stands for.
 * @throws Problem `invalid-cursor` when it was cut, edited, made by another registry or for another query.
 */
export function readCursor(scope: Scope, cursor: string, secret: string, place = inQuery): Position {
  const [payload = '', signature = '', ...rest] = cursor.split('.')
  const given = Buffer.from(signature)
  const right = Buffer.from(sign(payload, secret))
  if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) {
    throw refuse('is not one that this registry has given out: it was cut or changed', place)
  }
  // The signature vouches for the content: a list of texts, written above.
  const [bound, ...position] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as string[]
  if (bound !== scope) {
    throw refuse(
      'belongs to another query: send it with the same filters and sort as the page that gave it',
      place,
    )
  }
  return position
}
