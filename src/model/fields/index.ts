/** Builders of fields. */
export * as field from './builders.ts'
