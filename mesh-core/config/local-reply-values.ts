import { fields, type FieldPath, type Modelled } from './modelled-table.ts'

/** Texts with no other operators than these: see `dataplane/replies/reply-format.ts`. */
const knownFormat =
  /^(?:[^%]|%%|%(?:LOCAL_REPLY_BODY|RESPONSE_CODE|RESPONSE_CODE_DETAILS|RESPONSE_FLAGS|RESPONSE_FLAGS_LONG|ROUTE_NAME|DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT|START_TIME|PROTOCOL|REQ\([^)%]+\))(?::\d+)?%)*$/

const format: Modelled = {
  textFormat: knownFormat,
  textFormatSource: { inlineString: knownFormat },
  // Looked through by `jsonFormatProblems`.
  jsonFormat: 'acts',
  contentType: 'acts',
}

const ofOne: Record<string, Modelled> = {
  statusCodeFilter: { comparison: { op: new Set(['EQ', 'GE', 'LE', 'NE']), value: { defaultValue: 'acts', runtimeKey: 'quiet' } } },
  responseFlagFilter: fields('flags'),
}

/** @param header how a header of a request is asked for */
export function localReplyConfig(header: Modelled, addedHeader: Modelled): Modelled {
  const one: Modelled = { ...ofOne, headerFilter: { header } }
  const several: Modelled = { ...one, andFilter: { filters: one }, orFilter: { filters: one } }
  const mapper = {
    filter: { ...one, andFilter: { filters: several }, orFilter: { filters: several } },
    statusCode: 'acts',
    body: fields('inlineString'),
    headersToAdd: addedHeader,
    bodyFormatOverride: format,
  } satisfies Modelled
  return { mappers: mapper, bodyFormat: format }
}

/** Where a format of JSON has operators of which nothing is known here. */
export function jsonFormatProblems(value: unknown, path: FieldPath, isWithin = false): FieldPath[] {
  if (typeof value === 'string') return isWithin && !knownFormat.test(value) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    jsonFormatProblems(inner, [...path, name], isWithin || name === 'json_format' || name === 'jsonFormat'),
  )
}
