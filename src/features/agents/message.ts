import { z } from 'zod'
import { checkValueRefusingProto, describeFault } from '../../problems/faults.ts'
import type { Problem } from '../../problems/problem.ts'

/** Code of JSON-RPC for parameters that a method does not accept. */
export const invalidParams = -32602

/** A message of the Model Context Protocol, which is JSON-RPC. */
export class Message {
  readonly value: unknown
  /** The problem of values that no operation of the API accepts, such as a text with a NUL character. */
  readonly problem: Problem | undefined

  constructor(value: unknown, problem?: Problem) {
    this.value = value
    this.problem = problem
  }
}

const requestSchema = z.looseObject({
  id: z.union([z.string(), z.number()]),
  method: z.string(),
  params: z.looseObject({ name: z.string().optional(), arguments: z.unknown().optional() }).optional(),
})

/**
 * Returns the response to a request with values that no operation accepts, or with an input `__proto__`, which the SDK drops.
 * As for other invalid input, a call of a tool gets a result with `isError`, which the model can read. Other requests get an error.
 * @returns undefined for a message without such faults.
 * @throws Problem, that of the message, if the message is not a request, since only requests have responses.
 */
export function refuseMessage({ value, problem }: Message): Response | undefined {
  const request = requestSchema.safeParse(value).data
  if (!request) {
    if (problem) throw problem
    return undefined
  }
  const { id, method, params } = request
  const protoFaults = checkValueRefusingProto(z.unknown(), params?.arguments).faults?.listed
  const faults = problem?.errors ?? protoFaults
  if (!faults) return undefined
  const tool = method === 'tools/call' ? params?.name : undefined
  if (tool === undefined) {
    const message = `Invalid params: ${faults.map(describeFault).join(', ')}`
    return Response.json({ jsonrpc: '2.0', id, error: { code: invalidParams, message } })
  }
  const described = faults.map((fault) => describeFault(fault).replace(/^\/params\/arguments(?=\/)/, ''))
  // The same words as those of the SDK for input that does not match the schema of the tool.
  const text = `Input validation error: Invalid arguments for tool ${tool}: ${described.join(', ')}`
  return Response.json({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } })
}
