import { capitalize } from '../problems/suggest.ts'
import type { Language } from './languages.ts'

/** A label in each language. */
export type Label = Record<Language, string>

const label = (en: string, zh: string): Label => ({ en, zh })

/** The label of a missing or unknown value. */
export const unknownLabel = label('Unknown', '未知')

/** The label of the group into which an aggregate merges all except the largest groups. */
export const otherLabel = label('Other', '其他')

/** Labels of the words of all enumerations, and of the names of resources. A word has the same label in all enumerations. */
export const labels: Readonly<Record<string, Label>> = {
  // Several enumerations
  other: label('Other', '其他'),
  none: label('None', '无'),
  infrastructure: label('Infrastructure', '基础设施'),
  joint_research: label('Joint research', '联合研究'),
  observatory: label('Observatory', '观测站'),
  institutional: label('Institutional', '机构级'),
  suspended: label('Suspended', '已中止'),
  closed: label('Closed', '已关闭'),
  signed: label('Signed', '已签署'),

  // Resources
  regions: label('Regions', '区域'),
  countries: label('Countries', '国家'),
  topics: label('Topics', '主题'),
  organizations: label('Organizations', '组织机构'),
  sources: label('Sources', '来源'),
  agreements: label('Agreements', '协定'),
  projects: label('Projects', '项目'),
  'cooperation-bases': label('Cooperation bases', '合作基地'),
  'assistance-programs': label('Assistance programs', '援助计划'),
  figures: label('Figures', '统计数字'),
  citations: label('Citations', '引证'),

  // Visibility
  public: label('Public', '公开'),
  internal: label('Internal', '内部'),

  // Kinds of regions
  world: label('World', '世界'),
  region: label('Region', '区域'),
  subregion: label('Subregion', '次区域'),
  intermediate_region: label('Intermediate region', '中间区域'),
  group: label('Group of countries', '国家组别'),

  // Kinds of organizations
  government: label('Government', '政府'),
  local_government: label('Local government', '地方政府'),
  other_public_sector: label('Other public sector', '其他公共部门'),
  international_ngo: label('International NGO', '国际非政府组织'),
  national_ngo: label('National NGO', '国内非政府组织'),
  regional_ngo: label('Regional NGO', '区域性非政府组织'),
  partner_country_ngo: label('NGO of the partner country', '伙伴国非政府组织'),
  public_private_partnership: label('Public–private partnership', '公私合作伙伴关系'),
  multilateral: label('Multilateral organization', '多边组织'),
  foundation: label('Foundation', '基金会'),
  private_sector: label('Private sector', '私营部门'),
  private_sector_provider: label('Private sector of the provider country', '提供国私营部门'),
  private_sector_recipient: label('Private sector of the recipient country', '受援国私营部门'),
  private_sector_third: label('Private sector of a third country', '第三国私营部门'),
  academic: label('Academic, training and research', '学术、培训和研究机构'),

  // Schemes of topics
  ford: label('OECD fields of research and development', '经合组织研究与开发领域'),
  challenge: label('Global challenges', '全球性挑战'),
  domain: label('Domains of the registry', '登记册领域'),
  crs: label('OECD DAC purposes of aid', '经合组织发援会援助用途'),

  // Agreements: kinds, levels, statuses, renewals, relations, actions of parties, territories
  treaty: label('Treaty', '条约'),
  convention: label('Convention', '公约'),
  agreement: label('Agreement', '协定'),
  protocol: label('Protocol', '议定书'),
  memorandum_of_understanding: label('Memorandum of understanding', '谅解备忘录'),
  joint_statement: label('Joint statement', '联合声明'),
  strategic_partnership: label('Strategic partnership', '战略伙伴关系'),
  cooperation_documents: label('Cooperation documents', '合作文件'),
  dialogue_outcome: label('Outcome of a dialogue', '对话成果'),
  exchange_of_notes: label('Exchange of notes', '换文'),
  declaration: label('Declaration', '宣言'),
  amendment: label('Amendment', '修正案'),
  resolution: label('Resolution', '决议'),
  intergovernmental: label('Intergovernmental', '政府间'),
  interagency: label('Interagency', '部门间'),
  negotiating: label('Under negotiation', '谈判中'),
  in_force: label('In force', '有效'),
  expired: label('Expired', '已到期'),
  terminated: label('Terminated', '已终止'),
  superseded: label('Superseded', '已被取代'),
  automatic: label('Automatic', '自动延期'),
  by_consent: label('By consent', '经同意延期'),
  amends: label('Amends', '修正'),
  supersedes: label('Supersedes', '取代'),
  implements: label('Implements', '执行'),
  renews: label('Renews', '延期'),
  ratified: label('Ratified', '已批准'),
  accepted: label('Accepted', '已接受'),
  approved: label('Approved', '已核准'),
  acceded: label('Acceded', '已加入'),
  notified: label('Notified', '已通知'),
  entered_into_force: label('Entered into force', '已生效'),
  withdrew: label('Withdrew', '已退出'),
  extended: label('Extended', '扩展适用'),
  excluded: label('Excluded', '不适用'),
  withdrawn: label('Withdrawn', '已撤回'),

  // Roles
  party: label('Party', '缔约方'),
  beneficiary: label('Beneficiary', '受益方'),
  depositary: label('Depositary', '保存方'),
  observer: label('Observer', '观察员'),
  participant: label('Participant', '参与方'),
  lead: label('Lead', '牵头方'),
  host: label('Host', '东道方'),
  operator: label('Operator', '运营方'),
  developer: label('Developer', '研制方'),
  contributor: label('Contributor', '贡献方'),
  partner: label('Partner', '合作方'),
  funder: label('Funder', '资助方'),
  donor: label('Donor', '援助方'),
  recipient: label('Recipient', '受援方'),
  implementer: label('Implementer', '执行方'),

  // Projects: kinds
  mega_science: label('Mega-science', '大科学工程'),
  technology_development: label('Technology development', '技术开发'),
  joint_centre: label('Joint centre', '联合中心'),

  // Statuses of projects, assistance programs and bases
  pipeline: label('Pipeline', '筹备中'),
  implementation: label('Implementation', '实施中'),
  finalisation: label('Finalisation', '收尾中'),
  cancelled: label('Cancelled', '已取消'),
  planned: label('Planned', '计划中'),
  active: label('Active', '运行中'),

  // Cooperation bases: kinds and levels
  international_innovation_zone: label('International innovation zone', '国际创新园'),
  joint_research_centre: label('Joint research centre', '联合研究中心'),
  st_cooperation_base: label('S&T cooperation base', '科技合作基地'),
  overseas_joint_research_entity: label('Overseas joint research entity', '海外联合研究实体'),
  ground_station: label('Ground station', '地面站'),
  state: label('State', '国家级'),
  provincial: label('Provincial', '省级'),
  municipal: label('Municipal', '市级'),

  // Modalities of assistance
  high_tech_zone: label('High-tech zone', '高新技术开发区'),
  national_library: label('National library', '国家图书馆'),
  research_capacity: label('Research capacity', '科研能力建设'),
  training: label('Training', '培训'),
  demonstration_zone: label('Demonstration zone', '示范区'),
  data_service: label('Data service', '数据服务'),
  environment: label('Environment', '环境'),

  // IATI aid types
  A01: label('General budget support', '一般预算支持'),
  A02: label('Sector budget support', '部门预算支持'),
  B01: label(
    'Core support to NGOs, other private bodies, PPPs and research institutes',
    '对非政府组织、其他私营机构、公私合作伙伴和研究机构的核心支持',
  ),
  B02: label(
    'Core contributions to multilateral institutions and global funds',
    '对多边机构和全球基金的核心捐款',
  ),
  B021: label('Core contributions to multilateral institutions', '对多边机构的核心捐款'),
  B022: label('Core contributions to global funds', '对全球基金的核心捐款'),
  B03: label(
    'Contributions to specific-purpose programmes and funds managed by implementing partners',
    '对由执行伙伴管理的特定用途方案和基金的捐款',
  ),
  B031: label(
    'Contributions to multi-donor, multi-entity funding mechanisms',
    '对多捐助方多实体供资机制的捐款',
  ),
  B032: label(
    'Contributions to multi-donor, single-entity funding mechanisms',
    '对多捐助方单一实体供资机制的捐款',
  ),
  B033: label(
    'Contributions to single-donor funding mechanisms and earmarked contributions',
    '对单一捐助方供资机制的捐款和指定用途捐款',
  ),
  B04: label('Basket funds and pooled funding', '一揽子基金和集合供资'),
  C01: label('Project-type interventions', '项目类援助'),
  D01: label('Donor country personnel', '援助国人员'),
  D02: label('Other technical assistance', '其他技术援助'),
  E01: label('Scholarships and training in donor country', '在援助国的奖学金和培训'),
  E02: label('Imputed student costs', '推算的学生费用'),
  F01: label('Debt relief', '债务减免'),
  G01: label('Administrative costs not included elsewhere', '未列入他项的行政费用'),
  H01: label('Development awareness', '发展意识宣传'),
  H02: label('Refugees and asylum seekers in donor countries', '在援助国的难民和寻求庇护者'),
  H03: label('Asylum seekers ultimately accepted', '最终获准的寻求庇护者'),
  H04: label('Asylum seekers ultimately rejected', '最终被拒的寻求庇护者'),
  H05: label('Recognised refugees', '已获承认的难民'),
  H06: label('Refugees and asylum seekers in other provider countries', '在其他提供国的难民和寻求庇护者'),

  // IATI flow types
  oda: label('Official development assistance', '官方发展援助'),
  oof: label('Other official flows', '其他官方资金'),
  non_export_credit_oof: label('Other official flows without export credits', '非出口信贷的其他官方资金'),
  export_credits: label('Officially supported export credits', '官方支持的出口信贷'),
  private_development_finance: label('Private development finance', '私人发展资金'),
  private_market: label('Private market', '私人市场'),
  private_direct_investment: label('Private foreign direct investment', '私人外国直接投资'),
  other_private_flows: label('Other private flows at market terms', '其他按市场条件的私人资金'),
  non_flow: label('Not a flow', '非资金流动'),
  other_flows: label('Other flows', '其他资金流动'),

  // IATI finance types
  110: label('Standard grant', '标准赠款'),
  1100: label('Guarantees/insurance', '担保和保险'),
  111: label('Subsidies to national private investors', '对国内私人投资者的补贴'),
  210: label('Interest subsidy', '利息补贴'),
  211: label('Interest subsidy to national private exporters', '对国内私人出口商的利息补贴'),
  310: label('Capital subscription on deposit basis', '按存款计的资本认缴'),
  311: label('Capital subscription on encashment basis', '按兑现计的资本认缴'),
  410: label('Aid loan excluding debt reorganisation', '援助贷款（不含债务重组）'),
  411: label('Investment-related loan to developing countries', '对发展中国家的投资相关贷款'),
  412: label('Loan in a joint venture with the recipient', '与受援方合资企业的贷款'),
  413: label('Loan to national private investor', '对国内私人投资者的贷款'),
  414: label('Loan to national private exporter', '对国内私人出口商的贷款'),
  421: label('Standard loan', '标准贷款'),
  422: label('Reimbursable grant', '可偿还赠款'),
  423: label('Bonds', '债券'),
  424: label('Asset-backed securities', '资产支持证券'),
  425: label('Other debt securities', '其他债务证券'),
  431: label('Subordinated loan', '次级贷款'),
  432: label('Preferred equity', '优先股'),
  433: label('Other hybrid instruments', '其他混合工具'),
  451: label('Non-banks guaranteed export credits', '非银行担保出口信贷'),
  452: label(
    'Non-banks non-guaranteed portions of guaranteed export credits',
    '非银行担保出口信贷的未担保部分',
  ),
  453: label('Bank export credits', '银行出口信贷'),
  510: label('Common equity', '普通股'),
  511: label(
    'Acquisition of equity not part of joint venture in developing countries',
    '购买发展中国家非合资企业的股权',
  ),
  512: label('Other acquisition of equity', '其他股权收购'),
  520: label('Shares in collective investment vehicles', '集合投资工具份额'),
  530: label('Reinvested earnings', '再投资收益'),
  610: label('Debt forgiveness: ODA claims (P)', '债务减免：官方发展援助债权（本金）'),
  611: label('Debt forgiveness: ODA claims (I)', '债务减免：官方发展援助债权（利息）'),
  612: label('Debt forgiveness: OOF claims (P)', '债务减免：其他官方资金债权（本金）'),
  613: label('Debt forgiveness: OOF claims (I)', '债务减免：其他官方资金债权（利息）'),
  614: label('Debt forgiveness: Private claims (P)', '债务减免：私人债权（本金）'),
  615: label('Debt forgiveness: Private claims (I)', '债务减免：私人债权（利息）'),
  616: label('Debt forgiveness: OOF claims (DSR)', '债务减免：其他官方资金债权（减少还本付息）'),
  617: label('Debt forgiveness: Private claims (DSR)', '债务减免：私人债权（减少还本付息）'),
  618: label('Debt forgiveness: Other', '债务减免：其他'),
  620: label('Debt rescheduling: ODA claims (P)', '债务重新安排：官方发展援助债权（本金）'),
  621: label('Debt rescheduling: ODA claims (I)', '债务重新安排：官方发展援助债权（利息）'),
  622: label('Debt rescheduling: OOF claims (P)', '债务重新安排：其他官方资金债权（本金）'),
  623: label('Debt rescheduling: OOF claims (I)', '债务重新安排：其他官方资金债权（利息）'),
  624: label('Debt rescheduling: Private claims (P)', '债务重新安排：私人债权（本金）'),
  625: label('Debt rescheduling: Private claims (I)', '债务重新安排：私人债权（利息）'),
  626: label('Debt rescheduling: OOF claims (DSR)', '债务重新安排：其他官方资金债权（减少还本付息）'),
  627: label('Debt rescheduling: Private claims (DSR)', '债务重新安排：私人债权（减少还本付息）'),
  630: label(
    'Debt rescheduling: OOF claim (DSR – original loan principal)',
    '债务重新安排：其他官方资金债权（减少还本付息，原贷款本金）',
  ),
  631: label(
    'Debt rescheduling: OOF claim (DSR – original loan interest)',
    '债务重新安排：其他官方资金债权（减少还本付息，原贷款利息）',
  ),
  632: label(
    'Debt rescheduling: Private claim (DSR – original loan principal)',
    '债务重新安排：私人债权（减少还本付息，原贷款本金）',
  ),
  633: label('Debt forgiveness/conversion: export credit claims (P)', '债务减免或转换：出口信贷债权（本金）'),
  634: label('Debt forgiveness/conversion: export credit claims (I)', '债务减免或转换：出口信贷债权（利息）'),
  635: label('Debt forgiveness: export credit claims (DSR)', '债务减免：出口信贷债权（减少还本付息）'),
  636: label('Debt rescheduling: export credit claims (P)', '债务重新安排：出口信贷债权（本金）'),
  637: label('Debt rescheduling: export credit claims (I)', '债务重新安排：出口信贷债权（利息）'),
  638: label('Debt rescheduling: export credit claims (DSR)', '债务重新安排：出口信贷债权（减少还本付息）'),
  639: label(
    'Debt rescheduling: export credit claim (DSR – original loan principal)',
    '债务重新安排：出口信贷债权（减少还本付息，原贷款本金）',
  ),
  710: label('Foreign direct investment, new capital outflow', '外国直接投资，新增资本流出'),
  711: label(
    'Other foreign direct investment, including reinvested earnings',
    '其他外国直接投资，包括再投资收益',
  ),
  712: label('Foreign direct investment, reinvested earnings', '外国直接投资，再投资收益'),
  810: label('Bank bonds', '银行债券'),
  811: label('Non-bank bonds', '非银行债券'),
  910: label('Other bank securities/claims', '其他银行证券或债权'),
  911: label('Other non-bank securities/claims', '其他非银行证券或债权'),
  912: label('Purchase of securities from issuing agencies', '从发行机构购买的证券'),
  913: label(
    'Securities and other instruments originally issued by multilateral agencies',
    '多边机构原始发行的证券和其他工具',
  ),

  // Kinds of amounts
  commitment: label('Commitment', '承诺'),
  disbursement: label('Disbursement', '拨付'),
  expenditure: label('Expenditure', '支出'),
  budget: label('Budget', '预算'),
  planned_disbursement: label('Planned disbursement', '计划拨付'),
  pledge: label('Pledge', '认捐'),
  incoming_pledge: label('Incoming pledge', '收到的认捐'),
  incoming_funds: label('Incoming funds', '收到的资金'),
  incoming_commitment: label('Incoming commitment', '收到的承诺'),
  interest_payment: label('Interest payment', '利息支付'),
  loan_repayment: label('Loan repayment', '贷款偿还'),
  reimbursement: label('Reimbursement', '偿付'),
  equity_purchase: label('Purchase of equity', '购买股权'),
  equity_sale: label('Sale of equity', '出售股权'),
  credit_guarantee: label('Credit guarantee', '信贷担保'),

  // Qualifiers of numbers
  exact: label('Exact', '准确'),
  about: label('About', '约'),
  more_than: label('More than', '超过'),
  at_least: label('At least', '至少'),
  less_than: label('Less than', '少于'),

  // Kinds of sources, ranks of citations
  interview: label('Interview', '访谈'),
  treaty_text: label('Text of a treaty', '条约文本'),
  official_document: label('Official document', '官方文件'),
  press_release: label('Press release', '新闻稿'),
  news_article: label('News article', '新闻报道'),
  report: label('Report', '报告'),
  speech: label('Speech', '讲话'),
  dataset: label('Dataset', '数据集'),
  website: label('Website', '网站'),
  preferred: label('Preferred', '优先'),
  normal: label('Normal', '普通'),
  deprecated: label('Deprecated', '已弃用'),
}

/** Returns the label of a word, or undefined if the vocabulary does not have the word. */
export const findLabel = (word: string): Label | undefined =>
  Object.hasOwn(labels, word) ? labels[word] : undefined

/** Converts a word to a phrase: `ground_station` to "Ground station". */
const humanize = (word: string): string => capitalize(word.replaceAll(/[_-]/g, ' '))

/** Returns the label of a word in a language. For a word without a label, returns the word as a phrase. */
export const wordLabel = (word: string, language: Language): string =>
  findLabel(word)?.[language] ?? humanize(word)
