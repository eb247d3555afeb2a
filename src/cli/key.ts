import { InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { createKey, type NewKey, revokeKey } from '../database/keys.ts'
import { roles } from '../database/vocabularies.ts'
import { StartupError } from '../startup-error.ts'
import { type AddCommand, type CreateOption, createOption, openMigratedDatabase } from './context.ts'
import { allKeys, formatKeys, keyStatus } from './key-list.ts'

interface CreateKeyOptions extends CreateOption, Omit<NewKey, 'expiresAt'> {
  expires?: Date
}

/** `entente key create|list|revoke` manages the keys of the API. The service may be running. */
export const addKey: AddCommand = (program, context) => {
  const key = program.command('key').description('create, list and revoke the keys of the API')

  key
    .command('create')
    .description('make a key and print it, alone on the first line; it is never shown again')
    .requiredOption('--name <name>', 'who or what gets the key, in at most 200 characters', parseName)
    .addOption(new Option('--role <role>', 'what the key allows').choices([...roles]).makeOptionMandatory())
    .option('--expires <day>', 'until when it is valid: a day or time, in UTC unless it says', parseExpiry)
    .addOption(createOption())
    .action(async ({ name, role, expires, ...options }: CreateKeyOptions) => {
      const database = await openMigratedDatabase(context, options)
      const now = await database.clock.now()
      if (expires && expires <= now)
        throw new StartupError(`--expires ${expires.toISOString()} must be in the future`)
      const { key, record } = await database.transaction((tx) =>
        createKey(tx, { name, role, expiresAt: expires ?? null }),
      )
      context.print(`${key}\nThis is shown only now. ${name}: ${role}, ${keyStatus(record, now)}.`)
    })

  key
    .command('list')
    .description('print every key with its role, status and last use')
    .addOption(createOption())
    .action(async (options: CreateOption) => {
      const database = await openMigratedDatabase(context, options)
      const keys = await allKeys(database)
      const now = await database.clock.now()
      context.print(keys.length > 0 ? formatKeys(keys, now) : 'There are no keys but ADMIN_KEY.')
    })

  key
    .command('revoke')
    .description('make a key invalid, at once and in every process')
    .argument('<key>', 'what it begins with (ent_…), or its id', parseKeyReference)
    .addOption(createOption())
    .action(async (reference: string, options: CreateOption) => {
      const database = await openMigratedDatabase(context, options)
      const record = await database.transaction((tx) => revokeKey(tx, reference))
      if (!record) throw new StartupError(`there is no key ${reference}; 'entente key list' shows them all`)
      context.print(`${record.prefix} (${record.name}) is ${keyStatus(record, await database.clock.now())}.`)
    })
}

function parseName(text: string): string {
  const name = text.trim()
  if (/^[^\p{Cc}]{1,200}$/u.test(name)) return name
  throw new InvalidArgumentError('It must have 1 to 200 characters, and no control characters.')
}

const timeForm = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

function parseExpiry(text: string): Date {
  if (timeForm.safeParse(text).success) return new Date(text)
  throw new InvalidArgumentError('It must be a day or time, such as 2999-01-31 or 2999-01-31T12:00Z.')
}

/** The prefix or id of a key. The whole key is accepted too. */
function parseKeyReference(text: string): string {
  const [prefix] = /^ent_[0-9a-z]{8}/.exec(text) ?? []
  if (prefix) return prefix
  if (/^[0-9a-f-]{36}$/.test(text)) return text
  throw new InvalidArgumentError('It must be what the key begins with (ent_…), or its id.')
}
