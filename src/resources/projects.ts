import * as field from '../model/fields/builders.ts'
import { defineResource } from '../model/resource.ts'
import { activityStatuses, projectKinds, projectRoles } from '../model/vocabularies.ts'

export const projects = defineResource(
  'projects',
  {
    title: field.title('Title.'),
    kind: field.requiredEnumeration(projectKinds, 'Kind of project.'),
    status: field.enumeration(activityStatuses, 'IATI activity status.'),
    startsOn: field.edtf('When it started or is to start.'),
    endsOn: field.edtf('When it ended or is to end.', { notBefore: ['startsOn'] }),
    summary: field.prose('Summary.', { weight: 'B' }),
    outcomes: field.prose('Results.', { weight: 'B' }),
    participants: field.participants('ProjectParticipant', projectRoles),
    topics: field.topics(),
    sectors: field.sectors('ProjectSector'),
    locations: field.locations('Where the project is.'),
    amounts: field.amounts('ProjectAmount'),
    agreements: field.references('agreements', 'Agreements that it came from.', {
      filter: { name: 'agreement', description: 'Agreement that it came from.' },
      include: { name: 'agreementDetails', description: 'the agreements that it came from, as records.' },
      inverse: { name: 'projects', description: 'the projects that it led to.' },
    }),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Project',
    plural: 'Projects',
    noun: 'project',
    label: { en: 'Projects', zh: '项目' },
    schemaType: 'ResearchProject',
    description: 'Joint work: from a mega-science project to the development of one technology.',
    search: { title: 'title', prose: ['summary', 'outcomes'] },
    eventDates: ['startsOn', 'endsOn'],
    iatiRoles: {
      lead: '2',
      participant: '4',
      developer: '4',
      contributor: '4',
      host: '4',
      funder: '1',
      beneficiary: 'recipient',
      observer: null,
    },
    example: {
      title: 'International Thermonuclear Experimental Reactor (ITER)',
      kind: 'mega_science',
      participants: [
        { country: 'CHN', role: 'participant' },
        { region: '150', role: 'participant' },
      ],
      topics: ['fusion'],
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
