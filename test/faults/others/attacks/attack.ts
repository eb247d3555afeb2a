import type http from 'node:http'
import type { Tally } from '../tally.ts'
import { type ClientRequest, responseOf, startRequest, type Target } from '../target.ts'

/** Begins an attack, which goes on until its process is killed, and counts what comes of its requests. */
export type Attack = (target: Target, tally: Tally) => void

/** Sends a request and counts its status. Returns the response, of which nothing has been read. */
export async function ask(
  target: Target,
  tally: Tally,
  request: ClientRequest,
): Promise<http.IncomingMessage> {
  tally.add('begun')
  try {
    const response = await responseOf(startRequest(target, request))
    tally.add(response.statusCode ?? 0)
    return response
  } catch (error) {
    tally.add('cut')
    throw error
  }
}

/** Reads a response to its end and drops it. */
export async function drop(response: http.IncomingMessage): Promise<void> {
  for await (const _ of response);
}
