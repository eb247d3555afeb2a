import type { Transaction } from '../../../database/database.ts'

/** The notification channel for imports with pending work. */
export const importChannel = 'entente_imports'

/** Notifies all processes, at the commit of the transaction, that an import has pending work. */
export async function notifyImports(tx: Transaction): Promise<void> {
  await tx.query({ text: 'select pg_notify($1, $2)', values: [importChannel, ''] })
}
