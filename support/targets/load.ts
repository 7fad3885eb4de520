import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Settings } from '../settings.ts'
import { assertSession, assertTarget, unknownTarget } from './assert-target.ts'
import type { MeshSession, ScenarioInfo, Target } from './target.ts'

/** What a target's module exports by default: the target, or what makes it. */
export type TargetExport = Target | ((settings: Settings) => Target | Promise<Target>)

/**
 * Targets of our own, each loaded only when it is asked for.
 * A function, since the module of `cluster` needs not be there to run on `core`.
 */
const builtIn: Readonly<Record<string, () => Promise<{ readonly default: TargetExport }>>> = {
  core: () => import('./core/target.ts'),
  cluster: () => import('./cluster/target.ts'),
  envoy: () => import('./envoy/target.ts'),
}

/**
 * @param cwd a module's path is relative to it
 * @throws MeshSpecError UNKNOWN_TARGET
 */
export async function loadTarget(settings: Settings, cwd: string): Promise<Target> {
  const load = Object.hasOwn(builtIn, settings.target) ? builtIn[settings.target]! : () => importModule(settings.target, cwd)
  const exported: unknown = (await load()).default
  const target: unknown = typeof exported === 'function' ? await (exported as (settings: Settings) => unknown)(settings) : exported
  assertTarget(target, settings.target)
  return Object.hasOwn(builtIn, settings.target) ? target : watched(target)
}

/** Looks at each session before its scenario has it. */
function watched(target: Target): Target {
  const { name, capabilities, clock, mesh } = target
  const open = async (scenario: ScenarioInfo): Promise<MeshSession> => {
    const session = await target.open(scenario)
    assertSession(session, target)
    return session
  }
  return { name, capabilities, clock, ...(mesh && { mesh: () => mesh.call(target) }), open, close: () => target.close() }
}

async function importModule(path: string, cwd: string): Promise<{ readonly default: TargetExport }> {
  const file = isAbsolute(path) ? path : resolve(cwd, path)
  const names = Object.keys(builtIn).join(', ')
  if (!existsSync(file)) {
    const several = path.includes(',') ? '; several are compared by npx meshspec run --target' : ''
    throw unknownTarget(`there is no target "${path}"`, `write one of ${names}, or the path of a module that exports a Target${several}`)
  }
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default: TargetExport }
  } catch (error) {
    throw unknownTarget(`the target ${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, hintFor(path))
  }
}

function hintFor(path: string): string | null {
  if (!path.endsWith('.ts')) return null
  const loader = "before Node 22.18 TypeScript needs a loader: NODE_OPTIONS='--loader ts-node/esm', or cucumber's loader: ['ts-node/esm']"
  return `call it .mts, unless package.json says "type": "module"; ${loader}`
}
