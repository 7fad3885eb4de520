import { admissionIsThere, admissionsOf } from './admission.ts'
import type { Plain } from './beginnings.ts'
import { compareAdmission, compareAnalysis, compareRefused, type ConfigDifference, resourceOf } from './compare.ts'
import { drawFolder, type Folder, keyOf } from './draw-folder.ts'
import { analyzedByIstioctl, findIstioctl, refusedByIstioctl, skippedByIstioctl } from './istioctl.ts'
import { known } from './known.ts'
import { validateResource } from '../../mesh-core/config/validate.ts'

export interface ConfigRun {
  readonly seed: string
  readonly cases: number
  readonly only?: number
}

/** Folders that are validated by one process each of istioctl and of the API server's and istiod's code. */
const batchSize = 100
/** Folders that are analysed by one process of istioctl. */
const together = 20
const istioGroup = /\.istio\.io\//

/** Generated folders of config, judged by mesh-core and by istioctl. @returns the exit code */
export async function againstIstioctl({ seed, cases, only }: ConfigRun): Promise<number> {
  const istioctl = findIstioctl()
  if (istioctl === null) {
    console.log('skipped: no istioctl ($ISTIOCTL, ../shared/bin, PATH)')
    return 0
  }
  const whole = admissionIsThere()
  const skipped = await skippedByIstioctl(istioctl)
  console.log(
    `seed ${seed}: ${only === undefined ? cases : 1} folders, against istioctl validate and analyze${whole ? ', the CRDs and the webhook' : ''}`,
  )
  const tally = new Tally()
  const start = performance.now()
  const indexes = only === undefined ? Array.from({ length: cases }, (_, i) => i) : [only]
  for (let first = 0; first < indexes.length; first += batchSize) {
    const folders = indexes.slice(first, first + batchSize).map((index) => drawFolder(seed, index))
    await judge(folders, istioctl, whole, skipped, tally)
  }
  return tally.close(seed, (performance.now() - start) / 1000)
}

async function judge(folders: readonly Folder[], istioctl: string, whole: boolean, skipped: ReadonlySet<string>, tally: Tally): Promise<void> {
  const owners = folders.flatMap((folder) => folder.documents.filter(isIstio).map((document) => ({ folder, document })))
  const refused = await refusedByIstioctl(
    istioctl,
    owners.map(({ document }) => document),
  )
  const admissions = whole ? admissionsOf(owners.map(({ document }) => ({ config: JSON.stringify(document) }))) : null
  for (const [i, { folder, document }] of owners.entries()) {
    const admission = admissions?.[i]
    tally.document(admission ? admission.refused !== null : refused.has(keyOf(document)))
    tally.add(folder, admission ? compareAdmission(document, admission) : [])
    // The API server knows more: where it was asked, what istioctl says besides is a second opinion.
    if (!admission) tally.add(folder, compareRefused(document, refused.get(keyOf(document))))
  }
  const groups = Array.from({ length: Math.ceil(folders.length / together) }, (_, i) => folders.slice(i * together, (i + 1) * together))
  for (const group of groups) await compareAnalyses(group, istioctl, skipped, tally)
}

/** All folders at once, which are then one mesh for both sides. */
async function compareAnalyses(folders: readonly Folder[], istioctl: string, skipped: ReadonlySet<string>, tally: Tally): Promise<void> {
  const owners = new Map(folders.flatMap((folder) => folder.documents.filter(isReadable).map((document) => [document, folder] as const)))
  const { messages, unread } = await analyzedByIstioctl(istioctl, [...owners.keys()])
  tally.messages(messages.length)
  const read = [...owners.keys()].filter((document) => !unread.includes(document))
  for (const difference of compareAnalysis(read, messages, skipped)) tally.add(owners.get(difference.document!) ?? folders[0]!, [difference])
}

function isIstio({ apiVersion }: Plain): boolean {
  return istioGroup.test(String(apiVersion))
}

/** What has fields of the wrong type istioctl passes over, and no cluster would have it. */
function isReadable(document: Plain): boolean {
  const resource = resourceOf(document)
  return (
    resource !== null &&
    validateResource(resource).errors.every(({ code }) => !/^(?:SCHEMA_TYPE|SCHEMA_VALUE|UNKNOWN_FIELD|INVALID_DURATION)$/.test(code))
  )
}

/** What a run has come to. */
class Tally {
  readonly #differing = new Map<string, { readonly folder: Folder; readonly differences: ConfigDifference[] }>()
  readonly #explained = new Map<string, number>()
  #folders = new Set<Folder>()
  #documents = 0
  #refused = 0
  #messages = 0

  document(refused: boolean): void {
    this.#documents++
    if (refused) this.#refused++
  }

  messages(count: number): void {
    this.#messages += count
  }

  add(folder: Folder, differences: readonly ConfigDifference[]): void {
    this.#folders.add(folder)
    for (const difference of differences) {
      const reason = known.find((one) => one.covers(difference))?.reason
      if (reason !== undefined) {
        this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + 1)
        continue
      }
      const entry = this.#differing.get(folder.name) ?? { folder, differences: [] }
      entry.differences.push(difference)
      this.#differing.set(folder.name, entry)
    }
  }

  /** @returns the exit code */
  close(seed: string, seconds: number): number {
    for (const { folder, differences } of this.#differing.values()) for (const difference of differences) console.log(described(folder, difference))
    for (const [reason, count] of this.#explained) console.log(`known: ${count} × ${reason}`)
    console.log(
      `seed ${seed}: ${this.#folders.size} folders, ${this.#documents} documents of Istio's kinds (${this.#refused} refused), ${this.#messages} messages of analyze in ${seconds.toFixed(1)} s, ${this.#differing.size} folders differ`,
    )
    return this.#differing.size === 0 ? 0 : 1
  }
}

function described({ name }: Folder, { about, document, theirs, ours }: ConfigDifference): string {
  const text = document === null ? '' : `\n  ${JSON.stringify(document)}`
  return `✖ ${name}: ${about}${text}\n  theirs  ${theirs.replaceAll('\n', ' ')}\n  ours    ${ours}`
}
