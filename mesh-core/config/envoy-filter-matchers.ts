import { fields, type Modelled } from './modelled-table.ts'

const appendAction: Modelled = new Set(['APPEND_IF_EXISTS_OR_ADD', 'ADD_IF_ABSENT', 'OVERWRITE_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS'])

/** A header that is written. */
export const option = { header: fields('key value'), append: 'acts', keepEmptyValue: 'acts', appendAction } satisfies Modelled

export const fraction: Modelled = { numerator: 'acts', denominator: new Set(['HUNDRED', 'TEN_THOUSAND', 'MILLION']) }
export const share: Modelled = { defaultValue: fraction, runtimeKey: 'quiet' }
export const regex: Modelled = { regex: 'acts', googleRe2: 'quiet' }
export const text: Modelled = { ...fields('exact prefix suffix contains ignoreCase'), safeRegex: regex }

export const headerMatch = {
  ...fields('name invertMatch treatMissingHeaderAsEmpty presentMatch exactMatch prefixMatch suffixMatch containsMatch'),
  rangeMatch: fields('start end'),
  stringMatch: text,
  safeRegexMatch: regex,
} satisfies Modelled
