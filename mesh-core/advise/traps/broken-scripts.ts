import { type Fields, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import { typedConfigOf } from '../../config/envoy-filter-patches.ts'
import { luaType } from '../../config/envoy-filter-http-filters.ts'
import type { FieldPath } from '../../config/finding.ts'
import { groupOf, type Resource } from '../../config/resource.ts'
import { scriptProblem } from '../../lua/lua-state.ts'
import type { Advice, Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'

/** istiod hands on any text; Envoy reads the script, and runs what stands outside its functions, before it takes the listener. Source: Envoy `filters/common/lua/lua.cc`. */
export const brokenScripts: Adviser = {
  name: 'traps.BrokenScripts',
  inputs: [kinds.trafficExtension, kinds.envoyFilter],
  advise(mesh, advise) {
    for (const kind of [kinds.trafficExtension, kinds.envoyFilter])
      for (const resource of mesh.all(kind)) for (const advice of brokenScriptsOf(resource)) advise(advice)
  },
}

export function brokenScriptsOf(resource: Resource): readonly Advice<[problem: string]>[] {
  return scriptsOf(resource).flatMap(({ code, path }) => {
    const problem = scriptProblem(code)
    if (problem === null) return []
    return [
      { type: adviceTypes.brokenScript, args: [inScript(problem)] as [string], resource, path, hint: 'write Lua as LuaJIT 2.1 reads it (Lua 5.1)' },
    ]
  })
}

interface FoundScript {
  readonly code: string
  readonly path: FieldPath
}

function scriptsOf(resource: Resource): readonly FoundScript[] {
  const spec = specOf(resource)
  const kind = `${groupOf(resource.apiVersion)}/${resource.kind}`
  if (kind === kinds.trafficExtension) return scriptAt(spec.lua, 'inlineCode', ['spec', 'lua'])
  if (kind !== kinds.envoyFilter) return []
  return listOf(spec.configPatches).flatMap(({ patch }: Fields, i) => {
    const value = patch?.value
    if (typeof value !== 'object' || value === null || typedConfigOf(value).type !== luaType) return []
    return inFilter(value.typed_config ?? value.typedConfig, [
      'spec',
      'configPatches',
      i,
      'patch',
      'value',
      value.typed_config ? 'typed_config' : 'typedConfig',
    ])
  })
}

/** In either spelling. What a TypedStruct wraps, and files that the proxy has, are not looked at. */
function inFilter(config: Fields, path: FieldPath): readonly FoundScript[] {
  const named = (name: string): readonly FoundScript[] =>
    Object.keys((config[name] ?? {}) as Fields).flatMap((one) => source(config[name][one], [...path, name, one]))
  return [
    ...['inline_code', 'inlineCode'].flatMap((name) => scriptAt(config, name, path)),
    ...['default_source_code', 'defaultSourceCode'].flatMap((name) => source(config[name], [...path, name])),
    ...['source_codes', 'sourceCodes'].flatMap(named),
  ]
}

function source(told: Fields | undefined, path: FieldPath): readonly FoundScript[] {
  return ['inline_string', 'inlineString'].flatMap((name) => scriptAt(told, name, path))
}

function scriptAt(holder: Fields | undefined, name: string, path: FieldPath): readonly FoundScript[] {
  const code: unknown = holder?.[name]
  return typeof code === 'string' ? [{ code, path: [...path, name] }] : []
}

/** `[3:18] …` of who reads it, `[string "…"]:3: …` of who runs it. */
function inScript(problem: string): string {
  return problem.replace(/^\[(\d+):\d+\] |^\[string .*?\]:(\d+): /s, (_, read?: string, run?: string) => `line ${read ?? run}: `)
}
