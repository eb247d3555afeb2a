import * as field from '../model/fields/builders.ts'
import { aidTypes, financeTypes, flowTypes } from '../model/iati-vocabularies.ts'
import { defineResource } from '../model/resource.ts'
import { activityStatuses, modalities, programRoles } from '../model/vocabularies.ts'

export const assistancePrograms = defineResource(
  'assistance-programs',
  {
    title: field.title('Title.'),
    modality: field.enumeration(modalities, 'Kind of assistance.'),
    status: field.enumeration(activityStatuses, 'IATI activity status.'),
    startsOn: field.edtf('When it started or is to start.'),
    endsOn: field.edtf('When it ended or is to end.', { notBefore: ['startsOn'] }),
    summary: field.prose('Summary.', { weight: 'B' }),
    participants: field.participants('AssistanceProgramParticipant', programRoles),
    topics: field.topics(),
    sectors: field.sectors('AssistanceProgramSector'),
    locations: field.locations('Where the program is.'),
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
    label: { en: 'Assistance programs', zh: '援助项目' },
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
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
