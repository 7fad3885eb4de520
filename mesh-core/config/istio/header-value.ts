/**
 * Parses a header value as Envoy's formatter of Istio's day did: `%NAME%`, `%NAME(args)%`, `%NAME(["a", "b"])%`, `%%`.
 * Source: Istio validateHeaderValue.
 */
type State = 'text' | 'name' | 'arguments' | 'list' | 'string' | 'list-end' | 'arguments-end' | 'end'

const control = /[\0-\x08\x0A-\x1F\x7F]/

/** @returns what is wrong with the value, null for nothing */
export function headerValueProblem(value: string): string | null {
  if (control.test(value)) return `header value configuration ${JSON.stringify(value)} is invalid`
  if (!value.includes('%')) return null
  let state: State = 'text'
  for (let at = 0; at < value.length; at++) {
    const step = next(state, value, at)
    if (step.problem !== null) return `header value configuration: invalid header configuration. ${step.problem}`
    state = step.state
    if (step.skip) at++
  }
  return state === 'text' ? null : `header value configuration: invalid header configuration. Un-terminated variable expression '${value}'`
}

interface Step {
  readonly state: State
  readonly skip: boolean
  readonly problem: string | null
}

function next(state: State, value: string, at: number): Step {
  const character = value.charAt(at)
  const blank = character === ' '
  switch (state) {
    case 'text':
      if (character !== '%') return to(state)
      if (at + 1 >= value.length) return wrong('Un-escaped %')
      return value.charAt(at + 1) === '%' ? { ...to(state), skip: true } : to('name')
    case 'name':
      return to(character === '%' ? 'text' : character === '(' ? 'arguments' : state)
    case 'arguments':
      return to(character === '[' ? 'list' : blank ? state : 'string')
    case 'list':
      return character === '"' ? to('string') : blank ? to(state) : wrong(`Expecting '"'`)
    case 'string':
      if (character === '\\') return at + 1 < value.length ? { ...to(state), skip: true } : wrong('Un-terminated backslash in JSON string')
      return to(character === ')' ? 'end' : character === '"' ? 'list-end' : state)
    case 'list-end':
      if (character === ',') return to('list')
      return character === ']' ? to('arguments-end') : blank ? to(state) : wrong(`Expecting ',', ']', or whitespace`)
    case 'arguments-end':
      return character === ')' ? to('end') : blank ? to(state) : wrong(`Expecting ')' or whitespace`)
    case 'end':
      return character === '%' ? to('text') : blank ? to(state) : wrong(`Expecting '%' or whitespace after`)
  }
}

function to(state: State): Step {
  return { state, skip: false, problem: null }
}

function wrong(problem: string): Step {
  return { state: 'text', skip: false, problem }
}
