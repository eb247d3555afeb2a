/** The export that is measured: the whole register, in its columns. */
export const exportSearch = 'format=csv'

/** The same rows by COPY alone. */
export const exportByHand = 'select 1'
