import { settingError } from './setting-error.ts'

/** @param option as the user has typed it: `--seed`. @throws MeshSpecError INVALID_SETTING */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw settingError(`${option} is "${text}"`, `write a whole number from 0${/^\d+$/.test(text) ? ', of at most 15 digits' : ''}`)
}
