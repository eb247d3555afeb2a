import { field } from '../model/fields/index.ts'
import { defineResource } from '../model/resource.ts'
import { activityStatuses, aidTypes, financeTypes, flowTypes, modalities } from '../model/vocabularies.ts'

const roles = ['donor', 'recipient', 'implementer', 'funder', 'partner', 'beneficiary'] as const

export const assistancePrograms = defineResource(
  'assistance-programs',
  {
    title: field.title('Title.'),
    modality: field.enumeration(modalities, 'Kind of assistance.'),
    status: field.enumeration(activityStatuses, 'IATI activity status.'),
    startsOn: field.edtf('When it started or is to start.'),
    endsOn: field.edtf('When it ended or is to end.'),
    summary: field.prose('Summary.', { weight: 'B' }),
    participants: field.participants('AssistanceProgramParticipant', roles),
    topics: field.topics(),
    sectors: field.sectors('AssistanceProgramSector'),
    locations: field.locations('Where it is.'),
    amounts: field.amounts('AssistanceProgramAmount'),
    aidType: field.enumeration(aidTypes, 'IATI aid type.', { sort: false }),
    flowType: field.enumeration(flowTypes, 'IATI flow type.'),
    financeType: field.enumeration(financeTypes, 'IATI finance type.', { sort: false }),
    agreements: field.references('agreements', 'Agreements that it came from.', {
      filter: { name: 'agreement', description: 'Agreement that it came from.' },
      include: { name: 'agreementDetails', description: 'the agreements that it came from, as records.' },
      inverse: { name: 'assistancePrograms', description: 'the assistance programs that it led to.' },
    }),
    externalIds: field.externalIds(),
  },
  {
    singular: 'AssistanceProgram',
    plural: 'AssistancePrograms',
    noun: 'assistance program',
    schemaType: 'Project',
    description: 'Help in science and technology given to other countries.',
    search: { title: 'title', prose: ['summary'] },
    eventDates: ['startsOn', 'endsOn'],
    iatiRoles: {
      donor: '1',
      funder: '1',
      implementer: '4',
      partner: '4',
      recipient: 'recipient',
      beneficiary: 'recipient',
    },
    example: {
      title: 'African water treatment programme',
      modality: 'environment',
      participants: [{ region: '002', role: 'beneficiary' }],
      topics: ['water-treatment'],
      externalIds: [{ scheme: 'interview-2011', id: 'F33' }],
    },
  },
)
