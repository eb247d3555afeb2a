import { InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { createKey, type NewKey, revokeKey } from '../database/keys.ts'
import { roles } from '../database/vocabularies.ts'
import { isBeforeYear10000, keyName } from '../features/keys.ts'
import { uuidPattern } from '../model/keys.ts'
import { OperationalError } from '../operational-error.ts'
import { checkValue } from '../problems/faults.ts'
import { type AddCommand, createDatabaseOption, openAndMigrateDatabase } from './context.ts'
import { formatKeys, keyStatus, readAllKeys } from './key-list.ts'

interface CreateKeyOptions extends Omit<NewKey, 'expiresAt'> {
  expires?: Date
  create?: boolean
}

/** `entente key create|list|revoke` manages API keys. The service may be running. */
export const addKey: AddCommand = (program, context) => {
  const keyCommand = program.command('key').description('create, list and revoke API keys')

  keyCommand
    .command('create')
    .description('make a key and print it, alone on the first line; it is never shown again')
    .requiredOption('--name <name>', 'who or what gets the key, in at most 200 characters', parseName)
    .addOption(new Option('--role <role>', 'what the key allows').choices([...roles]).makeOptionMandatory())
    .option(
      '--expires <day>',
      'when the key expires: the start of a day (UTC), or a time with its UTC offset',
      parseExpiry,
    )
    .addOption(createDatabaseOption())
    .action(async ({ name, role, expires, ...options }: CreateKeyOptions) => {
      const database = await openAndMigrateDatabase(context, options)
      const now = await database.clock.now()
      if (expires && expires <= now)
        throw new OperationalError(`--expires ${expires.toISOString()} must be in the future`)
      const { key, record } = await database.transaction((tx) =>
        createKey(tx, { name, role, expiresAt: expires ?? null }),
      )
      const line = `The key is not shown again. ${name}: ${role}, ${keyStatus(record, now)}.`
      await context.print(`${key}\n${line}`, { isIrreplaceable: true }).catch((error: Error) => {
        throw new OperationalError(
          `${error.message}; nobody has seen the new key, so revoke it: entente key revoke ${record.prefix}`,
          { cause: error },
        )
      })
    })

  keyCommand
    .command('list')
    .description('print every key with its role, status and last use')
    .addOption(createDatabaseOption())
    .action(async (options: { create?: boolean }) => {
      const database = await openAndMigrateDatabase(context, options)
      const keys = await readAllKeys(database)
      const now = await database.clock.now()
      await context.print(keys.length > 0 ? formatKeys(keys, now) : 'There are no keys in the database.')
    })

  keyCommand
    .command('revoke')
    .description('revoke a key; within a second, every process refuses it')
    .argument('<key>', 'prefix (ent_…) or id of the key', parseKeyReference)
    .addOption(createDatabaseOption())
    .action(async (reference: string, options: { create?: boolean }) => {
      const database = await openAndMigrateDatabase(context, options)
      const record = await database.transaction((tx) => revokeKey(tx, reference))
      if (!record)
        throw new OperationalError(`there is no key ${reference}; 'entente key list' shows all keys`)
      await context.print(
        `${record.prefix} (${record.name}): ${keyStatus(record, await database.clock.now())}`,
      )
    })
}

function parseName(text: string): string {
  // Node.js replaces bytes of an argument that are not UTF-8 with this character.
  if (text.includes('\ufffd')) throw new InvalidArgumentError('It must be text in UTF-8.')
  const { data, faults } = checkValue(keyName, text.trim())
  if (!faults) return data
  const reasons = faults.listed.map(({ message }) => message).join(', and ')
  throw new InvalidArgumentError(`It must have 1 to 200 characters in one line. It ${reasons}.`)
}

const dayOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

function parseExpiry(text: string): Date {
  if (dayOrTime.safeParse(text).success && isBeforeYear10000(text)) return new Date(text)
  throw new InvalidArgumentError(
    'It must be a day, or a time with its UTC offset, such as 2999-01-31 or 2999-01-31T12:00Z.',
  )
}

/**
 * Returns the prefix or id of a key. The whole key, or a beginning of it that has the prefix, is accepted, too.
 * @throws InvalidArgumentError for any other text, such as a prefix with a further letter: another key could be revoked.
 */
function parseKeyReference(text: string): string {
  const [prefix] = /^ent_[0-9a-z]{8}(?=_|$)/.exec(text) ?? []
  if (prefix) return prefix
  if (uuidPattern.test(text)) return text
  throw new InvalidArgumentError('It must be the prefix of a key (ent_…) or its id.')
}
