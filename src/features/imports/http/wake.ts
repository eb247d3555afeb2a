import type { Transaction } from '../../../database/database.ts'

/** The channel on which processes are told that there is something to do for an import. */
export const importChannel = 'entente_imports'

/** Tells every process, when the transaction commits, that there is something to do for an import. */
export async function wake(tx: Transaction): Promise<void> {
  await tx.query({ text: 'select pg_notify($1, $2)', values: [importChannel, ''] })
}
