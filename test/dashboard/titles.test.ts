import { describe, expect, it } from 'vitest'
import { agreementTitleProperties, titleOf } from '../../src/dashboard/api/titles.ts'

describe('the title of a record', () => {
  const titleIn = (language: string, tag: string) => {
    const record = {
      title: 'China–Pakistan agreement',
      alternativeTitles: [{ name: '中巴协定', language: tag }],
    }
    return titleOf(agreementTitleProperties, record, language)
  }

  it.each(['zh', 'zh-Hans', 'ZH-Hans', 'ZH'])('in Chinese is an alias with the language tag %s', (tag) => {
    expect(titleIn('zh', tag)).toBe('中巴协定')
  })

  it('is the value of the title property in English, and if no alias is in the language', () => {
    expect(titleIn('en', 'zh')).toBe('China–Pakistan agreement')
    expect(titleIn('zh', 'zhx')).toBe('China–Pakistan agreement')
  })
})
