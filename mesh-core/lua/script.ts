import { parse, type Node } from 'luaparse'

/** A script as Envoy's LuaJIT reads it. */
export interface Script {
  /** What runs here: the same program, whose numbers are all floating-point, as those of LuaJIT are. */
  readonly code: string
  /** Why it is none, with its line; `null`: it is one. */
  readonly problem: string | null
}

/** Source: the grammar of LuaJIT 2.1 with the extensions of Lua 5.2, which Envoy is built with. */
export function readScript(source: string): Script {
  const numbers: NumberInCode[] = []
  const note = (node: Node): void => {
    const { type, value, range } = node as Node & { readonly value?: number; readonly range?: readonly [number, number] }
    if (type === 'NumericLiteral' && range && value !== undefined) numbers.push({ value, from: range[0], to: range[1] })
  }
  try {
    parse(source, { luaVersion: 'LuaJIT', ranges: true, comments: false, scope: false, onCreateNode: note })
  } catch (error) {
    return { code: source, problem: (error as Error).message }
  }
  return { code: withFloats(source, numbers), problem: null }
}

interface NumberInCode {
  readonly value: number
  readonly from: number
  readonly to: number
}

/** Lua 5.3 tells whole numbers from others, and would count with 32 bits. */
function withFloats(source: string, numbers: readonly NumberInCode[]): string {
  let code = ''
  let end = 0
  for (const { value, from, to } of numbers.toSorted((a, b) => a.from - b.from)) {
    code += source.slice(end, from) + floating(value)
    end = to
  }
  return code + source.slice(end)
}

function floating(value: number): string {
  const text = String(value)
  return Number.isFinite(value) && /^\d+$/.test(text) ? `${text}.0` : Number.isFinite(value) ? text : '1e999'
}
