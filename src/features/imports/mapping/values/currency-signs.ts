import { quote } from '../../../../problems/faults.ts'
import { BadValue } from './bad-value.ts'

/** Currency signs, with the words in the English names of their currencies. Other signs are not compared. */
const signs = new Map([
  ['$', /dollar|peso|real|cruzeiro|cruzado|escudo|c[oó]rdoba|pa.?anga|tala|pataca/i],
  ['€', /euro/i],
  ['£', /pound|lira/i],
  ['¥', /yen|yuan/i],
  ['₩', /won/i],
  ['₹', /rupee/i],
  ['₨', /rupee/i],
  ['₽', /rouble|ruble/i],
  ['₺', /lira/i],
  ['₱', /peso/i],
  ['₫', /dong/i],
  ['฿', /baht/i],
  ['₪', /shekel/i],
  ['₴', /hryvnia/i],
  ['₦', /naira/i],
  ['₸', /tenge/i],
  ['₮', /tugrik/i],
  ['₭', /kip/i],
])

const currencyNames = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' })

/**
 * Compares the currency sign of an amount, if it has one, with its currency. A sign may belong to many currencies, such as $ to USD
 * and AUD.
 * @param currency an ISO 4217 code; any other text, and undefined, fit every sign.
 * @returns what is wrong if the sign is not one of the currency.
 */
export function findWrongSign(amount: string, currency: string | undefined): BadValue | undefined {
  const [sign] = amount.match(/\p{Sc}/u) ?? []
  if (sign === undefined || currency === undefined || !/^[A-Z]{3}$/.test(currency)) return undefined
  const [words, name] = [signs.get(sign) ?? signs.get(sign.normalize('NFKC')), currencyNames.of(currency)]
  if (words === undefined || name === undefined || words.test(name)) return undefined
  return new BadValue(
    `${quote(amount)} has the sign ${sign}, which is not a sign of the currency ${currency}. Correct the amount or the currency. To ignore the sign, remove it with replace in the mapping.`,
  )
}
