import { type IRunConfiguration, loadConfiguration } from '@cucumber/cucumber/api'
import { existsSync, readdirSync } from 'node:fs'
import { readSettings } from '../../support/settings.ts'
import { durationPattern, parseDuration } from '../../support/sentences/duration.ts'
import { formatsOf } from './formats.ts'
import { withOurSteps } from './glue.ts'
import { wrongOption } from '../options/wrong-option.ts'
import { settingError } from '../options/setting-error.ts'
import { wholeNumber } from '../options/whole-number.ts'

/** As commander reads them; numbers are still text. */
export interface RunOptions {
  readonly target?: string
  readonly tags?: string
  readonly name?: readonly string[]
  readonly seed?: string
  readonly config?: string
  readonly format?: readonly string[]
  readonly gateway?: string
  readonly assumeConfig?: boolean
  readonly applyCommand?: string
  readonly deleteCommand?: string
  readonly settle?: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespaces?: string
  readonly deploy?: boolean
  readonly podImage?: string
  readonly revision?: string
  readonly allowProduction?: boolean
  readonly meshConfig?: boolean
  readonly rate?: string
  readonly prometheus?: string
  readonly jaeger?: string
  readonly tempo?: string
  readonly insecure?: boolean
  readonly showSecrets?: boolean
  readonly spec?: boolean
  readonly failFast?: boolean
  readonly parallel?: string
  readonly profile?: readonly string[]
  /** `false`: none, whatever the project has. */
  readonly cucumberConfig?: string | false
  readonly dryRun?: boolean
  readonly budget?: string
  /** `INDEX/TOTAL`, the index from 0. */
  readonly shard?: string
  /** `30m`: when the run is ended, as by Ctrl-C. */
  readonly timeLimit?: string
}

/** @returns ms; `null` for as long as it takes. @throws MeshSpecError INVALID_SETTING */
export function timeLimitOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = new RegExp(`^${durationPattern.source}$`).test(text) ? parseDuration(text) : 0
  // Timers take no more than that: 24 days.
  if (ms > 0) return Math.min(ms, 2 ** 31 - 1)
  throw settingError(`--time-limit is ${JSON.stringify(text)}, which is no time that a run could take`, 'write a duration, such as 30m')
}

/** The project's own cucumber config where it has one, and what the command line says. @throws MeshSpecError INVALID_SETTING */
export async function configurationOf(features: readonly string[], options: RunOptions): Promise<IRunConfiguration> {
  assertConfigFile(options)
  assertProfiles(options)
  const { runConfiguration, useConfiguration } = await loadConfiguration({
    ...present({ file: options.cucumberConfig, profiles: options.profile && [...options.profile] }),
    provided: providedBy(options),
  }).catch((error: unknown) => {
    throw wrongOption(error) ?? error
  })
  for (const name of runConfiguration.sources.names) assertPattern(name)
  return {
    ...runConfiguration,
    // What the command line names replaces what the project's config names; cucumber would run both.
    sources: features.length > 0 ? { ...runConfiguration.sources, paths: [...features] } : runConfiguration.sources,
    support: withOurSteps(runConfiguration.support),
    formats: {
      ...runConfiguration.formats,
      ...formatsOf(options.format ?? [], useConfiguration.format),
    },
  }
}

/** Cucumber would tell of modules and of its own files. */
function assertConfigFile({ cucumberConfig }: RunOptions): void {
  if (typeof cucumberConfig !== 'string' || existsSync(cucumberConfig)) return
  throw settingError(`there is no cucumber config "${cucumberConfig}"`, 'the path counts from the folder that the command runs in', 'FILE_NOT_FOUND')
}

/** Cucumber takes no notice of profiles where there is no config that could have them. */
function assertProfiles({ profile, cucumberConfig }: RunOptions): void {
  if (profile === undefined || cucumberConfig !== undefined) return
  if (readdirSync('.').some((name) => /^cucumber\.(json|ya?ml|[cm]?[jt]s)$/.test(name))) return
  throw settingError(`there is no cucumber config here that could have the profile "${profile[0]}"`, 'name it: --cucumber-config FILE')
}

/** Cucumber would say the same of one in somebody's steps. */
function assertPattern(name: string): void {
  try {
    new RegExp(name)
  } catch (error) {
    throw settingError(`--name is no regular expression: ${(error as Error).message}`, 'write \\( for a bracket that stands in the name')
  }
}

/** For a run on one target, of those that were named. */
export function onTarget(configuration: IRunConfiguration, target: string, parallel: number): IRunConfiguration {
  const { runtime } = configuration
  const meshspec = { ...(runtime.worldParameters as { readonly meshspec?: object }).meshspec, target }
  return { ...configuration, runtime: { ...runtime, parallel, worldParameters: { ...runtime.worldParameters, meshspec } } }
}

type Provided = Exclude<NonNullable<Parameters<typeof loadConfiguration>[0]>['provided'], undefined | string | string[]>

/** In cucumber's words. */
function providedBy({ tags, name, failFast, dryRun, parallel, ...options }: RunOptions): Provided {
  const { target, config, gateway, assumeConfig, applyCommand, deleteCommand, settle, spec } = options
  const { kubeconfig, context, namespaces, deploy, podImage, revision, allowProduction, meshConfig, rate, insecure, showSecrets } = options
  const { prometheus, jaeger, tempo } = options
  const cluster = {
    kubeconfig,
    context,
    namespaces,
    deploy,
    podImage,
    revision,
    allowProduction,
    meshConfig,
    rate,
    insecure,
    showSecrets,
    prometheus,
    jaeger,
    tempo,
  }
  const seed = numberOf('--seed', options.seed)
  const budget = numberOf('--budget', options.budget)
  const shard = shardOf(options.shard)
  const shards = shard?.total
  const meshspec = present({ target, seed, config, gateway, assumeConfig, applyCommand, deleteCommand, settle, spec, budget, shards, ...cluster })
  // What is wrong with an option is told by the name that the user has typed.
  readSettings({ meshspec }, {}, optionOf)
  return {
    ...(shard && { shard: `${shard.index + 1}/${shard.total}` }),
    ...present({ tags, name: name && [...name], failFast, dryRun, parallel: numberOf('--parallel', parallel) }),
    worldParameters: { meshspec },
  }
}

/** `assumeConfig`: `--assume-config`. */
function optionOf(parameter: string): string {
  return `--${parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Without what was not said: cucumber would take `undefined` for a value. */
function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** From 0, as Kubernetes counts the completions of a Job; cucumber counts shards from 1. */
export function shardOf(text: string | undefined): { readonly index: number; readonly total: number } | null {
  if (text === undefined) return null
  const [, index, total] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number)
  if (index === undefined || total === undefined || index >= total)
    throw settingError(`--shard is "${text}"`, 'write INDEX/TOTAL, the index from 0: 0/4, 1/4, 2/4 and 3/4 are the whole suite')
  return { index, total }
}

function numberOf(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(option, text)
}
