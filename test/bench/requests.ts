/** The requests that the cases send: query strings of lists and aggregates, and a body. */

/** A page of 25 agreements with five properties only. */
export const listQueryString = 'fields=id,title,kind,status,signedOn&sort=-signedOn&limit=25'

/** A page of 25 whole agreements, with parties, their actions, terms and topics. */
export const wideQueryString = 'sort=-signedOn&limit=25'

/** A page of 25 agreements that a full-text search finds. */
export const fullTextQueryString = 'q=laboratories%20energy&limit=25'

/** The numbers of agreements by country and year of signature. */
export const aggregateQueryString = 'groupBy=country,signedYear&sort=-count&limit=100'

/** Body of a new agreement, with a different title for each number. */
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
