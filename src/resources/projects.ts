import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { projectAgreements, projects as table } from '../database/tables/projects.ts'
import { activityStatuses, projectKinds, rolesOf } from '../database/vocabularies.ts'
import { byValue, byWord, byDate as groupByDate } from '../query/dimensions.ts'
import { anyOf, anyWord, edtfDate, fullText, number, text } from '../query/filters.ts'
import { byCode, byDate, byNumber, byText } from '../query/sorts.ts'
import { agreements } from './agreements.ts'
import { cooperationCollections, participantsIn } from './collections.ts'
import { agreementFilter, cooperationFilters, placesOf, recordFilters, recordSorts } from './conditions.ts'
import { amount, byCountry, cooperationDimensions } from './dimensions.ts'
import { cooperationIncludes, included } from './inclusions.ts'
import { location, locationPart, moneyPart } from './parts/columns.ts'
import { externalIdsPart, keyListPart, topicsPart } from './parts/links.ts'
import { participants, participantsPart } from './parts/participants.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { cooperationTies } from './ties.ts'
import {
  currency,
  distinct,
  edtf,
  externalIds,
  keys,
  line,
  money,
  optional,
  prose,
  reference,
} from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const ties = cooperationTies('projectId', table.id, rolesOf.projects, placesOf.projects)

const startsOn = edtf('When it started or is to start.')
const endsOn = edtf('When it ended or is to end.')

export const projects: Resource = defineResource({
  name: 'projects',
  singular: 'Project',
  plural: 'Projects',
  noun: 'project',
  description:
    'Work that several take part in: from a mega-science project to the development of one technology.',
  table,
  key,
  naming: { title: table.title, prose: [table.summary, table.outcomes] },
  document: z.strictObject({
    title: line(),
    kind: z.enum(projectKinds),
    status: optional(z.enum(activityStatuses)).meta({ description: 'IATI activity status.' }),
    startsOn: optional(startsOn),
    endsOn: optional(endsOn),
    summary: optional(prose()),
    outcomes: optional(prose()).meta({ description: 'What came of it.' }),
    participants: participants('ProjectParticipant', 'projects'),
    topics: distinct(reference.topic()).default([]).meta({ description: 'Slugs of topics.' }),
    location: optional(location),
    budget: optional(money),
    agreements: distinct(reference.agreement())
      .default([])
      .meta({ description: 'Agreements that it came from.' }),
    externalIds: externalIds(),
  }),
  parts: {
    participants: participantsPart('projectId', table.id),
    topics: topicsPart('projectId', table.id),
    location: locationPart(table),
    budget: moneyPart(table, 'budget'),
    agreements: keyListPart({
      table: projectAgreements,
      owner: 'projectId',
      property: 'agreement',
      key: table.id,
    }),
    externalIds: externalIdsPart('projectId', table.id),
  },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'titles, summaries, outcomes and places'),
    title: text(table.title, 'Title.'),
    summary: text(table.summary, 'Summary.'),
    outcomes: text(table.outcomes, 'What came of it.'),
    kind: anyWord(table.kind, z.enum(projectKinds), 'Kind of project.'),
    status: anyWord(table.status, z.enum(activityStatuses), 'IATI activity status.'),
    startsOn: edtfDate(table, 'startsOn', startsOn, 'When it started or is to start.'),
    endsOn: edtfDate(table, 'endsOn', endsOn, 'When it ended or is to end.'),
    ...cooperationFilters('projectId', table.id, rolesOf.projects, ties, placesOf.projects),
    agreement: agreementFilter(table.id, projectAgreements.projectId, projectAgreements.agreement),
    locationCountry: anyOf(table.locationCountry, keys.country(), 'Country where it is.'),
    budget: number(table.budgetAmount, 'Amount of the budget; say `budgetCurrency` too.'),
    budgetCurrency: anyOf(table.budgetCurrency, currency(), 'Currency of the budget.'),
  },
  collections: () => ({
    participants: participantsIn('projectId', rolesOf.projects),
    ...cooperationCollections('projectId'),
  }),
  sorts: {
    ...recordSorts(table, key),
    title: byText(table.title, 'Title.'),
    kind: byCode(table.kind, 'Kind of project.'),
    status: byCode(table.status, 'Status.'),
    startsOn: byDate(table, 'startsOn', 'When it started.'),
    endsOn: byDate(table, 'endsOn', 'When it ended.'),
    budget: byNumber(table.budgetAmount, 'Amount of the budget, whatever its currency.'),
  },
  dimensions: {
    ...cooperationDimensions(ties),
    kind: byWord(table.kind, 'kind', 'Kind of project.'),
    status: byWord(table.status, 'status', 'IATI activity status.'),
    ...groupByDate(table, 'startsOn', 'starts', 'in which it started or is to start'),
    ...groupByDate(table, 'endsOn', 'ends', 'in which it ended or is to end'),
    locationCountry: byCountry(table.locationCountry, 'locationCountry', 'Country where it is.'),
    budgetCurrency: byValue(table.budgetCurrency, 'budgetCurrency', 'Currency of the budget.'),
  },
  measures: { budget: amount(table.budgetAmount, 'budgetCurrency', 'Amount of the budget.') },
  includes: () => ({
    ...cooperationIncludes('projectId', table.id),
    agreementDetails: included(
      agreements,
      'the agreements that it came from, as records.',
      sql`agreements.id in (select agreement_id from project_agreements where project_id = ${table.id})`,
    ),
  }),
  example: {
    title: 'International Thermonuclear Experimental Reactor (ITER)',
    kind: 'mega_science',
    participants: [
      { country: 'CHN', role: 'participant' },
      { region: '150', role: 'participant' },
    ],
    topics: ['fusion'],
    externalIds: [{ scheme: 'interview-2011', id: 'F17' }],
  },
})
