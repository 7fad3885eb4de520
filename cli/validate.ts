import { writeFileSync } from 'node:fs'
import { examine } from '../mesh-core/advise/advise.ts'
import { examineClusters } from '../mesh-core/advise/examine-clusters.ts'
import { percentDropped } from '../mesh-core/advise/traps/retired-percent.ts'
import { Inventory, type InventoryOptions } from '../mesh-core/analyze/inventory.ts'
import type { Level, Message } from '../mesh-core/analyze/message.ts'
import type { MeshSpecError } from '../mesh-core/config/errors.ts'
import type { FieldPath } from '../mesh-core/config/finding.ts'
import { kindInfo } from '../mesh-core/config/kinds.ts'
import { type IstioRelease, istioReleases, laterThan } from '../mesh-core/config/schema/since.ts'
import { type ReadResult, validateResource } from '../mesh-core/config/load.ts'
import type { NotModelled, Resource } from '../mesh-core/config/resource.ts'
import { versions } from '../reports/versions.ts'
import { Excerpts } from './output/excerpt.ts'
import { exitCodes } from './output/exit-codes.ts'
import { type Finding, findingOfError, findingOfMessage, isAtLeast, levels, provedError } from './findings/finding.ts'
import { findingsForGithub } from './findings/github.ts'
import { findingsJson } from './findings/json.ts'
import { findingsJunit } from './findings/junit.ts'
import { findingsSarif } from './findings/sarif.ts'
import { count, findingsText } from './findings/text.ts'
import { notWritten } from './output/not-written.ts'
import { readClusters, type ReadClusters } from './config/read-clusters.ts'
import { effective, templatesAmong } from './config/read-config.ts'
import { settingError } from './options/setting-error.ts'
import { statusNotices, statusReport } from './config/status-notices.ts'
import { Suppressions } from './config/suppressions.ts'

export interface ValidateOptions {
  readonly quiet?: boolean
  /** The config is all that the mesh has: what it does not define does not exist. */
  readonly whole?: boolean
  /** `NAME=PATH` */
  readonly cluster?: readonly string[]
  readonly format: string
  readonly output?: string
  readonly failOn: string
  readonly suppress: readonly string[]
  readonly istioVersion?: string
}

const unreadable: ReadonlySet<string> = new Set(['FILE_NOT_FOUND', 'FILE_UNREADABLE', 'YAML_TOO_LARGE'])

/** @returns the exit code: 0, 1 for findings at or above the level, 2 when something could not be read */
export async function validate(paths: readonly string[], options: ValidateOptions): Promise<number> {
  const excerpts = new Excerpts()
  const failOn = levelOf(options.failOn)
  const write = writerOf(options.format)
  const suppressions = new Suppressions(options.suppress)
  for (const code of suppressions.unknown) process.stderr.write(`--suppress ${code} has no effect: no finding has that code\n`)
  const release = releaseOf(options.istioVersion)
  const config = readClusters(paths, options.cluster ?? [], excerpts)
  const read = config.all
  if (read.resources.length === 0 && read.errors.length === 0) throw nothingIn(paths, read)
  const findings = (await findingsOf(config, options.whole ?? false, release)).filter((finding) => !suppressions.cover(finding))
  const shown = options.quiet ? findings.filter((finding) => isAtLeast(finding, failOn)) : findings
  if (options.format === 'text') writeText(shown, config, excerpts, options)
  else print(write(shown, filesOf(read.resources), failOn, findings.some(isRefusal) ? [] : partsOf(config)), options.output)
  if (read.errors.some(({ code }) => unreadable.has(code))) return exitCodes.wrongInput
  return findings.some((finding) => isAtLeast(finding, failOn)) ? exitCodes.failed : exitCodes.held
}

/** What is empty is valid, and so is what a template that failed has left: nobody would notice. */
function nothingIn(paths: readonly string[], { passedOver }: ReadResult): MeshSpecError {
  const [template] = templatesAmong(passedOver)
  const what = paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ') || 'the config of the clusters'
  return settingError(`there is no Kubernetes object in ${what}`, template ?? 'name the files or the folder that your config is in', 'NOT_A_RESOURCE')
}

/** Where something is refused nobody gets a status. */
function isRefusal({ level }: Finding): boolean {
  return level === 'error'
}

/** What cannot be read and what would be refused; once all of that is in order, what an expert would warn of. */
async function findingsOf({ all, clusters }: ReadClusters, whole: boolean, release: IstioRelease): Promise<readonly Finding[]> {
  const { resources, errors } = all
  const verdicts = await Promise.all(resources.map((resource) => verdictsOn(resource, release)))
  const refused = [...errors.map(findingOfError), ...verdicts.flat()]
  // What refers to something that is wrong would be called wrong itself.
  if (refused.length > 0) return refused
  const options = { nowMs: Date.now(), whole, manifests: true }
  const messages = clusters.length > 0 ? await ofClusters(clusters, options) : await examine(new Inventory(effective(resources), options))
  return inOrderOfPlace(messages.map(findingOfMessage))
}

/** What the mesh would refuse of it. */
async function verdictsOn(resource: Resource, release: IstioRelease): Promise<readonly Finding[]> {
  const errors = [...validateResource(resource).errors, ...laterThan(release, resource)]
  const findings: Finding[] = []
  for (const error of errors) {
    const dropped = error.code === 'UNKNOWN_FIELD' ? await percentDropped(resource, pathIn(resource, error)) : null
    findings.push(provedError(error, dropped ? [{ ...dropped, seen: `${dropped.seen}, where the field is dropped` }] : []))
  }
  return findings
}

function pathIn(resource: Resource, { details }: MeshSpecError): FieldPath {
  return details.origin?.path.slice(resource.origin.path.length) ?? []
}

function ofClusters(clusters: ReadClusters['clusters'], options: InventoryOptions): Promise<readonly Message[]> {
  return examineClusters(
    clusters.map(({ name, read }) => ({ name, resources: effective(read.resources) })),
    options,
  )
}

/** As somebody reads the files; what an analyzer tells of one place stays in its order. */
function inOrderOfPlace(findings: readonly Finding[]): readonly Finding[] {
  const files = new Map([...new Set(findings.map(({ file }) => file))].map((file, i) => [file, i]))
  const lineOf = ({ position }: Finding): number => position?.line ?? 0
  return findings.toSorted((a, b) => files.get(a.file)! - files.get(b.file)! || lineOf(a) - lineOf(b))
}

type Writer = (findings: readonly Finding[], files: readonly string[], failOn: Level, accepted: readonly (readonly Resource[])[]) => string

const writers: Readonly<Record<string, Writer>> = {
  text: (findings) => findingsText(findings),
  json: (findings, _files, _failOn, accepted) => findingsJson(findings, accepted.flatMap(statusReport)),
  sarif: (findings) => findingsSarif(findings, versions().meshspec),
  github: (findings) => findingsForGithub(findings),
  junit: findingsJunit,
}

function writerOf(format: string): Writer {
  const writer = Object.hasOwn(writers, format) ? writers[format] : undefined
  if (!writer) throw settingError(`there is no format "${format}"`, `write one of ${Object.keys(writers).join(', ')}`)
  return writer
}

function levelOf(text: string): Level {
  const level = levels.find((known) => known === text)
  if (!level) throw settingError(`--fail-on is "${text}"`, `write one of ${levels.join(', ')}`)
  return level
}

/** `1.29`, `1.29.3` */
function releaseOf(version: string | undefined): IstioRelease {
  if (version === undefined) return istioReleases.at(-1)!
  const release = istioReleases.find((known) => version === known || version.startsWith(`${known}.`))
  if (!release)
    throw settingError(
      `--istio-version is "${version}"`,
      `the fields of ${istioReleases.join(' and ')} are known; take the latest that is not after yours`,
    )
  return release
}

function print(text: string, output: string | undefined): void {
  if (output === undefined) process.stdout.write(text === '' ? '' : `${text}\n`)
  else writeOut(output, text)
}

function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`)
  } catch (error) {
    throw notWritten([file], error, '--output FILE')
  }
}

function writeText(findings: readonly Finding[], config: ReadClusters, excerpts: Excerpts, { quiet, output, whole }: ValidateOptions): void {
  const read = config.all
  const text = findingsText(findings, excerpts)
  if (output !== undefined) writeOut(output, text)
  else if (text !== '') process.stdout.write(`${text}\n`)
  if (quiet) return
  const refused = findings.some(isRefusal)
  process.stdout.write(notices(read, new Set(findings.filter(({ level }) => level === 'error').map(({ resource }) => resource))))
  if (!refused) for (const line of statusesIn(config, whole ?? false)) process.stdout.write(`${line}\n`)
  if (!refused) process.stdout.write(`${count(read.resources.length, 'resource')} in ${count(filesOf(read.resources).length, 'file')}: valid\n`)
}

/** Of each cluster, where several are named. */
function statusesIn(config: ReadClusters, whole: boolean): ReadonlySet<string> {
  return new Set(partsOf(config).flatMap((resources) => statusNotices(resources, whole)))
}

function partsOf({ all, clusters }: ReadClusters): readonly (readonly Resource[])[] {
  return clusters.length > 0 ? clusters.map(({ read }) => effective(read.resources)) : [all.resources]
}

/** What was not looked at, and what is unusual. @param wrong of these nothing more is said */
function notices({ resources, notModelled, passedOver }: ReadResult, wrong: ReadonlySet<string | null>): string {
  const lines = [
    ...notModelled
      .filter((one) => isIstio(one) && !wrong.has(one.resource))
      .map(({ resource, message, origin }) => `${origin.file}: ${resource}: ${message}`),
    ...foreign(resources.filter(({ origin }) => !wrong.has(origin.resource))),
    ...templatesAmong(passedOver),
  ]
  const others = passedOver.filter(({ what }) => what !== 'Helm template').length
  if (others > 0) lines.push(`passed over: ${count(others, 'document')} that ${others === 1 ? 'is' : 'are'} no Kubernetes object`)
  return lines.map((line) => `${line}\n`).join('')
}

/** A kind that mesh-core has a schema for; of others only their number is told. */
function isIstio({ message }: NotModelled): boolean {
  return !message.startsWith('kind ')
}

function foreign(resources: readonly Resource[]): string[] {
  const unknown = resources.filter(({ apiVersion, kind }) => !kindInfo(apiVersion, kind))
  if (unknown.length === 0) return []
  const kinds = [...new Set(unknown.map(({ kind }) => kind))].sort()
  return [`passed over: ${count(unknown.length, 'resource')} of kinds that are not checked: ${kinds.join(', ')}`]
}

function filesOf(resources: readonly Resource[]): readonly string[] {
  return [...new Set(resources.map(({ source }) => source.file))]
}
