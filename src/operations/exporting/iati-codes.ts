import type { flowTypes } from '../../model/iati-vocabularies.ts'
import type { activityStatuses, organizationKinds } from '../../model/vocabularies.ts'

/** The codes of IATI's code lists (version 2.03), by the words of the registry. */

/** Codes of the list ActivityStatus. */
export const statusCodes: Record<(typeof activityStatuses)[number], string> = {
  pipeline: '1',
  implementation: '2',
  finalisation: '3',
  closed: '4',
  cancelled: '5',
  suspended: '6',
}

/** Codes of the list FlowType. */
export const flowCodes: Record<(typeof flowTypes)[number], string> = {
  oda: '10',
  oof: '20',
  non_export_credit_oof: '21',
  export_credits: '22',
  private_development_finance: '30',
  private_market: '35',
  private_direct_investment: '36',
  other_private_flows: '37',
  non_flow: '40',
  other_flows: '50',
}

/** Codes of the list OrganisationType. */
export const organizationCodes: Record<(typeof organizationKinds)[number], string> = {
  government: '10',
  local_government: '11',
  other_public_sector: '15',
  international_ngo: '21',
  national_ngo: '22',
  regional_ngo: '23',
  partner_country_ngo: '24',
  public_private_partnership: '30',
  multilateral: '40',
  foundation: '60',
  private_sector: '70',
  private_sector_provider: '71',
  private_sector_recipient: '72',
  private_sector_third: '73',
  academic: '80',
  other: '90',
}

/** Codes of the list TransactionType. */
export const transactionCodes: Record<string, string> = {
  incoming_funds: '1',
  commitment: '2',
  disbursement: '3',
  expenditure: '4',
  interest_payment: '5',
  loan_repayment: '6',
  reimbursement: '7',
  equity_purchase: '8',
  equity_sale: '9',
  credit_guarantee: '10',
  incoming_commitment: '11',
  pledge: '12',
  incoming_pledge: '13',
}
