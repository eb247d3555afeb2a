import { z } from 'zod'
import { type AttackName, attacks } from './attacks/index.ts'
import { EventCounter } from './event-counter.ts'
import { senderSchema } from './sender.ts'

// A process that attacks the service from the first message that it receives until it is killed. It replies to each message
// with the counts of the outcomes of its requests.
const input = z
  .strictObject({ attack: z.custom<AttackName>((name) => String(name) in attacks), sender: senderSchema })
  .parse(JSON.parse(process.argv[2] ?? ''))

const counter = new EventCounter()
let isRunning = false
// The parent process has ended.
process.on('disconnect', () => process.exit())
process.on('message', () => {
  if (!isRunning) attacks[input.attack](input.sender, counter)
  isRunning = true
  process.send?.(counter.counts)
})
process.send?.('ready')
