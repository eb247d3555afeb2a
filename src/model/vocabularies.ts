/**
 * The enumerations of the model, for check constraints of tables and for public schemas. Values are words in snake_case, even
 * if the underlying standard uses numbers, except the codes of IATI aid and finance types.
 */

/** Kinds of regions in UN M49, and groups of countries of several regions, such as the least developed countries. */
export const regionKinds = ['world', 'region', 'subregion', 'intermediate_region', 'group'] as const

/** IATI OrganisationType, as words. */
export const organizationKinds = [
  'government',
  'local_government',
  'other_public_sector',
  'international_ngo',
  'national_ngo',
  'regional_ngo',
  'partner_country_ngo',
  'public_private_partnership',
  'multilateral',
  'foundation',
  'private_sector',
  'private_sector_provider',
  'private_sector_recipient',
  'private_sector_third',
  'academic',
  'other',
] as const

/**
 * Schemes of the topics that come with the registry: OECD fields of research, global challenges that the seed data names, the
 * registry's own domains, and OECD DAC CRS purposes. Imported registers may have other schemes.
 */
export const topicSchemes = ['ford', 'challenge', 'domain', 'crs'] as const

export const agreementKinds = [
  'treaty',
  'convention',
  'agreement',
  'protocol',
  'memorandum_of_understanding',
  'joint_statement',
  'strategic_partnership',
  'cooperation_documents',
  'dialogue_outcome',
  'exchange_of_notes',
  'declaration',
  'amendment',
  'resolution',
  'other',
] as const
export const agreementLevels = ['intergovernmental', 'interagency', 'institutional'] as const
export const agreementStatuses = [
  'negotiating',
  'signed',
  'in_force',
  'suspended',
  'expired',
  'terminated',
  'superseded',
] as const
export const renewals = ['none', 'automatic', 'by_consent'] as const
export const relationKinds = ['amends', 'supersedes', 'implements', 'renews'] as const
export const actionKinds = [
  'signed',
  'ratified',
  'accepted',
  'approved',
  'acceded',
  'notified',
  'entered_into_force',
  'withdrew',
  'other',
] as const

export const projectKinds = [
  'mega_science',
  'joint_research',
  'technology_development',
  'joint_centre',
  'observatory',
  'infrastructure',
  'other',
] as const

/** IATI ActivityStatus, as words. */
export const activityStatuses = [
  'pipeline',
  'implementation',
  'finalisation',
  'closed',
  'cancelled',
  'suspended',
] as const

export const baseKinds = [
  'international_innovation_zone',
  'joint_research_centre',
  // `st`: science and technology.
  'st_cooperation_base',
  'overseas_joint_research_entity',
  'observatory',
  'ground_station',
  'other',
] as const
export const baseLevels = ['state', 'provincial', 'municipal', 'institutional'] as const
export const baseStatuses = ['planned', 'active', 'suspended', 'closed'] as const

export const modalities = [
  'high_tech_zone',
  'national_library',
  'research_capacity',
  'training',
  'joint_research',
  'demonstration_zone',
  'data_service',
  'environment',
  'infrastructure',
  'other',
] as const

/** IATI AidType, which is the OECD DAC's typology of aid with its sub-codes. */
export const aidTypes = [
  'A01',
  'A02',
  'B01',
  'B02',
  'B021',
  'B022',
  'B03',
  'B031',
  'B032',
  'B033',
  'B04',
  'C01',
  'D01',
  'D02',
  'E01',
  'E02',
  'F01',
  'G01',
  'H01',
  'H02',
  'H03',
  'H04',
  'H05',
  'H06',
] as const

/** IATI FlowType, as words. */
export const flowTypes = [
  'oda',
  'oof',
  'non_export_credit_oof',
  'export_credits',
  'private_development_finance',
  'private_market',
  'private_direct_investment',
  'other_private_flows',
  'non_flow',
  'other_flows',
] as const

/** IATI FinanceType, with the withdrawn codes that older files have. */
export const financeTypes = [
  '110',
  '1100',
  '111',
  '210',
  '211',
  '310',
  '311',
  '410',
  '411',
  '412',
  '413',
  '414',
  '421',
  '422',
  '423',
  '424',
  '425',
  '431',
  '432',
  '433',
  '451',
  '452',
  '453',
  '510',
  '511',
  '512',
  '520',
  '530',
  '610',
  '611',
  '612',
  '613',
  '614',
  '615',
  '616',
  '617',
  '618',
  '620',
  '621',
  '622',
  '623',
  '624',
  '625',
  '626',
  '627',
  '630',
  '631',
  '632',
  '633',
  '634',
  '635',
  '636',
  '637',
  '638',
  '639',
  '710',
  '711',
  '712',
  '810',
  '811',
  '910',
  '911',
  '912',
  '913',
] as const

/** What an amount of money is: IATI TransactionType as words, budgets, planned disbursements and others. */
export const amountKinds = [
  'commitment',
  'disbursement',
  'expenditure',
  'budget',
  'planned_disbursement',
  'pledge',
  'incoming_pledge',
  'incoming_funds',
  'incoming_commitment',
  'interest_payment',
  'loan_repayment',
  'reimbursement',
  'equity_purchase',
  'equity_sale',
  'credit_guarantee',
  'other',
] as const

/** Whether an agreement applies to a territory. */
export const territoryStatuses = ['extended', 'excluded', 'withdrawn'] as const

/** How a source qualifies a number that it states. */
export const qualifiers = ['exact', 'about', 'more_than', 'at_least', 'less_than'] as const

export const sourceKinds = [
  'interview',
  'treaty_text',
  'official_document',
  'press_release',
  'news_article',
  'report',
  'speech',
  'dataset',
  'website',
  'other',
] as const
/** Rank of a citation among the citations of the same fact, as in Wikidata's statement ranks. */
export const citationRanks = ['preferred', 'normal', 'deprecated'] as const
