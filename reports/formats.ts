import { pathToFileURL } from 'node:url'
import { moduleFile } from '../support/package.ts'

/** Our formatters by the names that `meshspec run --format` knows. */
export const formatNames = ['terminal', 'html', 'junit', 'json', 'messages'] as const
export type FormatName = (typeof formatNames)[number]

/** The module of a formatter as cucumber takes it: a URL, so that it is found from wherever cucumber is installed. */
export function formatterUrl(name: FormatName | 'silent'): string {
  return pathToFileURL(moduleFile(`reports/${name}`)).href
}

/** What a run writes when nobody says otherwise. */
export function defaultFormats(folder = 'reports/out'): ([string] | [string, string])[] {
  return [
    [formatterUrl('terminal')],
    [formatterUrl('html'), `${folder}/report.html`],
    [formatterUrl('junit'), `${folder}/junit.xml`],
    [formatterUrl('json'), `${folder}/report.json`],
    [formatterUrl('messages'), `${folder}/messages.ndjson`],
  ]
}
