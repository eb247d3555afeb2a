/** The requests that the cases send: queries of lists and aggregates, and a body. */

/** A page of 25 with flat columns only. */
export const listSearch = 'fields=id,title,kind,status,signedOn&sort=-signedOn&limit=25'

/** A page of 25 whole records, with parties, their actions, terms and topics. */
export const wideSearch = 'sort=-signedOn&limit=25'

/** A page of 25 that a full-text search finds. */
export const qSearch = 'q=laboratories%20energy&limit=25'

/** How many agreements countries have signed year by year. */
export const aggregateSearch = 'groupBy=country,signedYear&sort=-count&limit=100'

/** A new agreement, a little different each time. */
export const newAgreement = (number: number): string =>
  JSON.stringify({
    title: `Agreement to be measured, no. ${number}`,
    kind: 'memorandum_of_understanding',
    status: 'signed',
    signedOn: '2011-04',
    summary: 'The partners share laboratories and plan field trials on energy each year.',
    parties: ['CHN', 'PAK'].map((country) => ({
      country,
      role: 'party',
      actions: [{ kind: 'signed', date: '2011-04' }],
    })),
    topics: ['energy', 'science-and-technology'],
  })
