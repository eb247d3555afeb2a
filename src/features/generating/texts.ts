import type { Random } from './random.ts'

const verbs = ['share', 'compare', 'plan', 'measure', 'publish', 'fund', 'test', 'review', 'extend']
const objects = [
  'observations',
  'field trials',
  'reference data',
  'laboratories',
  'fellowships',
  'standards',
  'prototypes',
  'early warning',
  'remote sensing',
  'clinical studies',
  'spare parts',
  'training courses',
]
const adverbs = [
  'each year',
  'in both countries',
  'at equal cost',
  'by turns',
  'until further notice',
  'openly',
]

/** Makes a summary of two sentences about a topic. */
export const randomSummary = (topic: string, random: Random): string =>
  `The partners ${random.pick(verbs)} ${random.pick(objects)} on ${topic.toLowerCase()} ${random.pick(adverbs)}. They ${random.pick(verbs)} ${random.pick(objects)} ${random.pick(adverbs)}.`
