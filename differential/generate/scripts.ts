import type { Draw } from '../draw.ts'

/** Lines of a function that looks at a request and changes it. */
const linesOfRequest = (draw: Draw, id: string): readonly string[] => [
  `s:add("${draw.one(['x-patched', 'x-user', 'x-answer'])}", "${id}")`,
  `s:replace("x-user", "${draw.one(['jason', 'peter'])}")`,
  's:remove("x-user")',
  's:replace(":path", s:get(":path") .. "/more")',
  's:replace(":method", "PUT")',
  's:add("x-patched", (s:get("x-user") or "nobody") .. s:getNumValues("x-user"))',
  `if s:get("x-user") == "jason" then h:respond({[":status"] = "${draw.one([200, 403, 503])}", ["x-answer"] = "${id}"}, "${draw.one(['', 'no'])}") end`,
  'local b = h:body() s = h:headers() s:add("x-patched", b and b:length() or "none")',
  's:add("x-patched", h:body() and "some" or "none")',
  `h:body(true):setBytes("${id}")`,
  `h:streamInfo():dynamicMetadata():set("ours", "key", "${id}")`,
  's:add("x-patched", ((h:streamInfo():dynamicMetadata():get("ours") or {}).key or "none"))',
  'for name, value in pairs(s) do if name == "x-user" then h:logInfo(value) end end s:add("x-patched", "all")',
  'h:clearRouteCache()',
  'local t = nil t.x = 1',
]

const linesOfAnswer = (id: string): readonly string[] => [
  `s:add("x-answer", "${id}")`,
  's:replace("x-patched", s:get(":status"))',
  's:remove("x-answer")',
  's:add("x-patched", ((h:streamInfo():dynamicMetadata():get("ours") or {}).key or "none"))',
  `h:body(true):setBytes("${id}")`,
  'h:respond({[":status"] = "500"}, "no")',
]

/** A script that looks at requests, at answers, or at neither. */
export function script(draw: Draw, id: string): string {
  const fn = (name: string, lines: readonly string[]): string => `function ${name}(h)\n  local s = h:headers()\n  ${lines.join('\n  ')}\nend\n`
  const request = draw.chance(0.8) ? fn('envoy_on_request', draw.some([...linesOfRequest(draw, id)], 1, 3)) : ''
  const answer = draw.chance(0.4) ? fn('envoy_on_response', draw.some([...linesOfAnswer(id)], 1, 2)) : ''
  return request + answer
}
