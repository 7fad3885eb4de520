import { askerHeader, callHeader } from './access-log.ts'
import type { AskingPlace } from './custom-access-filters.ts'

/** Does a script make calls of its own? */
export function callsOut(code: string): boolean {
  return /\bhttpCall\b/.test(code)
}

/**
 * A script as it runs in an Envoy of many proxies: its calls go to the clusters of its own proxy, and tell of which request they are and who makes them. Lines stay
 * where they are, so that errors name the same ones.
 */
export function placedScript(code: string, { cluster, asker }: AskingPlace): string {
  if (asker === null || !callsOut(code)) return code
  return `${code}
do
  local run, call = envoy_on_request, nil
  local function placed(handle, name, headers, ...)
    local told = {}
    for header, value in pairs(headers) do told[header] = value end
    told[${quoted(callHeader)}] = handle:headers():get(${quoted(callHeader)})
    told[${quoted(askerHeader)}] = ${quoted(asker)}
    return call(handle, ${quoted(cluster(''))} .. name, told, ...)
  end
  function envoy_on_request(handle)
    local methods = getmetatable(handle).__index
    if methods.httpCall ~= placed then
      call = methods.httpCall
      methods.httpCall = placed
    end
    return run(handle)
  end
end
`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
