import { selects } from '../registry/labels.ts'

type Labels = Readonly<Record<string, string>>

/** `app=web,version=v1`: in the order of the keys, as kubectl writes it. */
export function selectorText(selector: Labels | undefined): string {
  return Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
}

/** An empty selector selects everything. */
export function isSelectedBy(labels: Labels, selector: Labels | undefined): boolean {
  return selects(selector ?? {}, labels)
}
