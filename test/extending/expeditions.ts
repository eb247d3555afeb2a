import * as field from '../../src/model/fields/builders.ts'
import { Registry } from '../../src/model/registry.ts'
import { defineResource } from '../../src/model/resource.ts'
import { declarations } from '../../src/resources/registry.ts'

/** An example resource, declared like the resources of the service. */
const expeditions = defineResource(
  'expeditions',
  {
    title: field.title('Title.'),
    kind: field.requiredEnumeration(['polar', 'marine', 'space'], 'Kind of expedition.'),
    departedOn: field.edtf('When it left or is to leave.'),
    returnedOn: field.edtf('When it came back or is to come back.'),
    summary: field.prose('Summary.', { weight: 'B' }),
    participants: field.participants('ExpeditionParticipant', ['lead', 'member']),
    topics: field.topics(),
    sectors: field.sectors('ExpeditionSector'),
    locations: field.locations('Where it goes.'),
    amounts: field.amounts('ExpeditionAmount'),
    budget: field.money('Budget.'),
    ports: field.list(
      'ExpeditionPort',
      {
        name: field.requiredLine('Name of the port.', 200),
        reachedOn: field.edtfInList('When it was reached.'),
      },
      {
        description: 'Ports on the way.',
        example: { name: 'Tromsø', reachedOn: '1985' },
        distinctBy: ['name'],
      },
    ),
    organizer: field.reference('organizations', 'Who organizes it.', {
      sort: true,
      groupBy: true,
      include: { name: 'organizerDetails', description: 'who organizes it, as a record.', form: 'one' },
    }),
    agreements: field.references('agreements', 'Agreements that it came from.', {
      filter: { name: 'agreement', description: 'Agreement that it came from.' },
      include: { name: 'agreementDetails', description: 'the agreements that it came from, as records.' },
      inverse: { name: 'expeditions', description: 'the expeditions that resulted from it.' },
    }),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Expedition',
    plural: 'Expeditions',
    noun: 'expedition',
    label: { en: 'Expeditions', zh: '考察' },
    description: 'A journey with a scientific purpose.',
    search: { title: 'title', prose: ['summary'] },
    eventDates: ['departedOn', 'returnedOn'],
    example: {
      title: 'Drift across the Arctic Ocean',
      kind: 'polar',
      participants: [{ country: 'CHN', role: 'member' }],
      topics: ['energy'],
      externalIds: [{ scheme: 'test', id: 'expedition-1' }],
    },
  },
)

/** The resources of the service and one more. */
export const extendedRegistry = new Registry([expeditions, ...declarations])
