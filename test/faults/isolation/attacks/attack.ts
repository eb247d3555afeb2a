import type http from 'node:http'
import type { EventCounter } from '../event-counter.ts'
import { type ClientRequest, type Sender, startRequest, waitForResponse } from '../sender.ts'

/** Starts an attack, which lasts until its process is killed, and counts the outcomes of its requests. */
export type Attack = (sender: Sender, counter: EventCounter) => void

/** Sends a request and counts its status. Returns the response with its body unread. */
export async function sendCounted(
  sender: Sender,
  counter: EventCounter,
  request: ClientRequest,
): Promise<http.IncomingMessage> {
  counter.add('started')
  try {
    const response = await waitForResponse(startRequest(sender, request))
    counter.add(response.statusCode ?? 0)
    return response
  } catch (error) {
    counter.add('disconnected')
    throw error
  }
}

/** Reads the body of a response and discards it. */
export async function discardBody(response: http.IncomingMessage): Promise<void> {
  for await (const _ of response);
}
