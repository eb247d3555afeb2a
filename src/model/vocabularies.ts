import { enumValues } from './labels.ts'

/**
 * The enumerations of the model, for check constraints of tables and for public schemas. Values are words in snake_case, even
 * if the underlying standard uses numbers, except the codes in iati-vocabularies.ts.
 */

/** Kinds of regions in UN M49, and groups of countries of several regions, such as the least developed countries. */
export const regionKinds = enumValues(
  ['world', 'World', '世界'],
  ['region', 'Region', '区域'],
  ['subregion', 'Subregion', '次区域'],
  ['intermediate_region', 'Intermediate region', '中间区域'],
  ['group', 'Group of countries', '国家组别'],
)

/** IATI OrganisationType, as words. */
export const organizationKinds = enumValues(
  ['government', 'Government', '政府'],
  ['local_government', 'Local government', '地方政府'],
  ['other_public_sector', 'Other public sector', '其他公共部门'],
  ['international_ngo', 'International NGO', '国际非政府组织'],
  ['national_ngo', 'National NGO', '国内非政府组织'],
  ['regional_ngo', 'Regional NGO', '区域性非政府组织'],
  ['partner_country_ngo', 'NGO of the partner country', '伙伴国非政府组织'],
  ['public_private_partnership', 'Public–private partnership', '公私合作伙伴关系'],
  ['multilateral', 'Multilateral organization', '多边组织'],
  ['foundation', 'Foundation', '基金会'],
  ['private_sector', 'Private sector', '私营部门'],
  ['private_sector_provider', 'Private sector of the provider country', '提供国私营部门'],
  ['private_sector_recipient', 'Private sector of the recipient country', '受援国私营部门'],
  ['private_sector_third', 'Private sector of a third country', '第三国私营部门'],
  ['academic', 'Academic, training and research', '学术、培训和研究机构'],
  ['other', 'Other', '其他'],
)

/**
 * Schemes of the topics that come with the registry: OECD fields of research, global challenges that the seed data names, the
 * registry's own domains, and OECD DAC CRS purposes. Imported registers may have other schemes.
 */
export const topicSchemes = enumValues(
  ['ford', 'OECD fields of research and development', '经合组织研究与发展领域'],
  ['challenge', 'Global challenges', '全球性挑战'],
  ['domain', 'Domains of the registry', '登记册领域'],
  ['crs', 'OECD DAC purposes of aid', '经合组织发援会援助用途'],
)

export const agreementKinds = enumValues(
  ['treaty', 'Treaty', '条约'],
  ['convention', 'Convention', '公约'],
  ['agreement', 'Agreement', '协定'],
  ['protocol', 'Protocol', '议定书'],
  ['memorandum_of_understanding', 'Memorandum of understanding', '谅解备忘录'],
  ['joint_statement', 'Joint statement', '联合声明'],
  ['strategic_partnership', 'Strategic partnership', '战略伙伴关系'],
  ['cooperation_documents', 'Cooperation documents', '合作文件'],
  ['dialogue_outcome', 'Outcome of a dialogue', '对话成果'],
  ['exchange_of_notes', 'Exchange of notes', '换文'],
  ['declaration', 'Declaration', '宣言'],
  ['amendment', 'Amendment', '修正案'],
  ['resolution', 'Resolution', '决议'],
  'other',
)
export const agreementLevels = enumValues(
  ['intergovernmental', 'Intergovernmental', '政府间'],
  ['interagency', 'Interagency', '部门间'],
  ['institutional', 'Institutional', '机构级'],
)
export const agreementStatuses = enumValues(
  ['negotiating', 'Under negotiation', '谈判中'],
  ['signed', 'Signed', '已签署'],
  ['in_force', 'In force', '有效'],
  ['suspended', 'Suspended', '已中止'],
  ['expired', 'Expired', '已到期'],
  ['terminated', 'Terminated', '已终止'],
  ['superseded', 'Superseded', '已被取代'],
)
export const agreementRoles = enumValues(
  ['party', 'Party', '缔约方'],
  ['beneficiary', 'Beneficiary', '受益方'],
  ['depositary', 'Depositary', '保存方'],
  ['observer', 'Observer', '观察员'],
)
export const renewals = enumValues(
  ['none', 'None', '无'],
  ['automatic', 'Automatic', '自动续期'],
  ['by_consent', 'By consent', '经同意续期'],
)
export const relationKinds = enumValues(
  ['amends', 'Amends', '修正'],
  ['supersedes', 'Supersedes', '取代'],
  ['implements', 'Implements', '执行'],
  ['renews', 'Renews', '续期'],
)
export const actionKinds = enumValues(
  'signed',
  ['ratified', 'Ratified', '已批准'],
  ['accepted', 'Accepted', '已接受'],
  ['approved', 'Approved', '已核准'],
  ['acceded', 'Acceded', '已加入'],
  ['notified', 'Notified', '已通知'],
  ['entered_into_force', 'Entered into force', '已生效'],
  ['withdrew', 'Withdrew', '已退出'],
  'other',
)

export const projectRoles = enumValues(
  ['lead', 'Lead', '牵头方'],
  ['participant', 'Participant', '参与方'],
  ['developer', 'Developer', '研制方'],
  ['contributor', 'Contributor', '贡献方'],
  ['host', 'Host', '东道方'],
  ['funder', 'Funder', '资助方'],
  'beneficiary',
  'observer',
)
export const projectKinds = enumValues(
  ['mega_science', 'Mega-science', '大科学工程'],
  ['joint_research', 'Joint research', '联合研究'],
  ['technology_development', 'Technology development', '技术开发'],
  ['joint_centre', 'Joint centre', '联合中心'],
  ['observatory', 'Observatory', '观测站'],
  ['infrastructure', 'Infrastructure', '基础设施'],
  'other',
)

/** IATI ActivityStatus, as words. */
export const activityStatuses = enumValues(
  ['pipeline', 'Pipeline', '筹备中'],
  ['implementation', 'Implementation', '实施中'],
  ['finalisation', 'Finalisation', '收尾中'],
  ['closed', 'Closed', '已关闭'],
  ['cancelled', 'Cancelled', '已取消'],
  'suspended',
)

export const baseKinds = enumValues(
  ['international_innovation_zone', 'International innovation zone', '国际创新园'],
  ['joint_research_centre', 'Joint research centre', '联合研究中心'],
  // `st`: science and technology.
  ['st_cooperation_base', 'S&T cooperation base', '科技合作基地'],
  ['overseas_joint_research_entity', 'Overseas joint research entity', '海外联合研究实体'],
  'observatory',
  ['ground_station', 'Ground station', '地面站'],
  'other',
)
export const baseLevels = enumValues(
  ['state', 'State', '国家级'],
  ['provincial', 'Provincial', '省级'],
  ['municipal', 'Municipal', '市级'],
  'institutional',
)
export const baseRoles = enumValues(
  'participant',
  'host',
  ['operator', 'Operator', '运营方'],
  ['partner', 'Partner', '合作方'],
  'funder',
  'beneficiary',
)
export const baseStatuses = enumValues(
  ['planned', 'Planned', '计划中'],
  ['active', 'Active', '运行中'],
  'suspended',
  'closed',
)

export const programRoles = enumValues(
  ['donor', 'Donor', '援助方'],
  ['recipient', 'Recipient', '受援方'],
  ['implementer', 'Implementer', '执行方'],
  'funder',
  'partner',
  'beneficiary',
)
export const modalities = enumValues(
  ['high_tech_zone', 'High-tech zone', '高新区'],
  ['national_library', 'National library', '国家图书馆'],
  ['research_capacity', 'Research capacity', '科研能力建设'],
  ['training', 'Training', '培训'],
  'joint_research',
  ['demonstration_zone', 'Demonstration zone', '示范区'],
  ['data_service', 'Data service', '数据服务'],
  ['environment', 'Environment', '环境'],
  'infrastructure',
  'other',
)

/** What an amount of money is: IATI TransactionType as words, budgets, planned disbursements and others. */
export const amountKinds = enumValues(
  ['commitment', 'Commitment', '承诺'],
  ['disbursement', 'Disbursement', '拨付'],
  ['expenditure', 'Expenditure', '支出'],
  ['budget', 'Budget', '预算'],
  ['planned_disbursement', 'Planned disbursement', '计划拨付'],
  ['pledge', 'Pledge', '认捐'],
  ['incoming_pledge', 'Incoming pledge', '收到的认捐'],
  ['incoming_funds', 'Incoming funds', '收到的资金'],
  ['incoming_commitment', 'Incoming commitment', '收到的承诺'],
  ['interest_payment', 'Interest payment', '利息支付'],
  ['loan_repayment', 'Loan repayment', '贷款偿还'],
  ['reimbursement', 'Reimbursement', '偿付'],
  ['equity_purchase', 'Purchase of equity', '购买股权'],
  ['equity_sale', 'Sale of equity', '出售股权'],
  ['credit_guarantee', 'Credit guarantee', '信贷担保'],
  'other',
)

/** Whether an agreement applies to a territory. */
export const territoryStatuses = enumValues(
  ['extended', 'Extended', '扩展适用'],
  ['excluded', 'Excluded', '排除适用'],
  ['withdrawn', 'Withdrawn', '已撤回'],
)

/** How a source qualifies a number that it states. */
export const qualifiers = enumValues(
  ['exact', 'Exact', '确切'],
  ['about', 'About', '约'],
  ['more_than', 'More than', '超过'],
  ['at_least', 'At least', '至少'],
  ['less_than', 'Less than', '少于'],
)

export const sourceKinds = enumValues(
  ['interview', 'Interview', '访谈'],
  ['treaty_text', 'Text of a treaty', '条约文本'],
  ['official_document', 'Official document', '官方文件'],
  ['press_release', 'Press release', '新闻稿'],
  ['news_article', 'News article', '新闻报道'],
  ['report', 'Report', '报告'],
  ['speech', 'Speech', '讲话'],
  ['dataset', 'Dataset', '数据集'],
  ['website', 'Website', '网站'],
  'other',
)
/** Rank of a citation among the citations of the same fact, as in Wikidata's statement ranks. */
export const citationRanks = enumValues(
  ['preferred', 'Preferred', '优先'],
  ['normal', 'Normal', '普通'],
  ['deprecated', 'Deprecated', '已弃用'],
)
