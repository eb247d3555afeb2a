import type { ResourceDescription } from '../api/resources.ts'
import { aliasLists } from '../api/titles.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'

/** What a merge does to the two records and to the records that refer to them. */
export function MergeEffects({ resource: { properties } }: { resource: ResourceDescription }) {
  const { t, tag } = useLanguage()
  const labels = useLabels()
  const aliasList = properties.find(({ name }) => aliasLists.includes(name))
  return (
    <section class="stack tight">
      <h2>{t('merge.effects')}</h2>
      <ul class="effects">
        <li>{t('merge.references')}</li>
        {aliasList && (
          <li>{t('merge.names', { property: labels.property(aliasList.name).toLocaleLowerCase(tag) })}</li>
        )}
        {properties.some(({ name }) => name === 'externalIds') && <li>{t('merge.externalIds')}</li>}
        <li>{t('merge.kept')}</li>
        <li>{t('merge.address')}</li>
        <li>{t('merge.final')}</li>
      </ul>
    </section>
  )
}
