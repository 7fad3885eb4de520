import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { resourceKey } from '../../../../../mesh-core/config/resource.ts'
import { makeFolder } from '../../../../runs/make-folder.ts'

/** Of which run a ledger is. */
export interface LedgerHead {
  readonly run: string
  readonly pid: number
  /** The machine's: several may share a disk. */
  readonly host: string
  readonly startedAt: string
  readonly server: string
  readonly context: string
  readonly kubeconfig: string | null
}

/** What a run has touched and not yet put back. */
export interface Touched {
  readonly ref: ResourceRef
  /** How it was; `null`: it was not there. */
  readonly before: KubeObject | null
}

/** Where else it stands what a run has touched: outside of its own namespaces, which a label tells. */
export interface Keeper {
  /** @param touched all that is not put back yet, the last one first */
  keep(touched: readonly Touched[]): void
  /** Resolves when what was said last is kept. @throws MeshSpecError, Undecided, NotSupported where it cannot be */
  settled(): Promise<void>
}

type Line = { readonly head: LedgerHead } | { readonly touched: Touched } | { readonly done: string }

/**
 * What a run changes in a cluster, written to disk before it is changed, so that `meshspec clean` can finish the work of a run that was killed.
 * Objects that stood before are in it whole: the file is readable by its owner alone.
 */
export class Ledger {
  readonly head: LedgerHead
  readonly file: string
  readonly #keeper: Keeper | null
  readonly #open = new Map<string, Touched>()

  constructor(head: LedgerHead, keeper: Keeper | null = null, folder = ledgerFolder()) {
    this.head = head
    this.#keeper = keeper
    makeFolder(folder, 0o700)
    this.file = join(folder, `${head.run}.jsonl`)
    this.#write({ head }, true)
  }

  touch(touched: Touched): void {
    const key = resourceKey(touched.ref)
    if (this.#open.has(key)) return
    this.#write({ touched }, isOfOthers(touched))
    this.#open.set(key, touched)
    this.#keep(touched.ref)
  }

  /** Before something is changed that is not in a namespace of the run's own, the cluster knows how it was, too. @throws MeshSpecError, Undecided, NotSupported */
  async kept(): Promise<void> {
    await this.#keeper?.settled()
  }

  done(ref: ResourceRef): void {
    const key = resourceKey(ref)
    const touched = this.#open.get(key)
    if (touched === undefined) return
    this.#open.delete(key)
    this.#write({ done: key }, isOfOthers(touched))
    this.#keep(ref)
  }

  /** The last one first, as it is to be put back. */
  get open(): readonly Touched[] {
    return [...this.#open.values()].toReversed()
  }

  /** The run has put everything back. */
  remove(): void {
    rmSync(this.file, { force: true })
    this.#open.clear()
    this.#keeper?.keep([])
  }

  #keep(changed: ResourceRef): void {
    if (this.#keeper === null || this.#isInOwn(changed)) return
    this.#keeper.keep(this.open.filter(({ ref }) => !this.#isInOwn(ref)))
  }

  /** It is a namespace of the run's making, or goes with one. */
  #isInOwn({ kind, namespace }: ResourceRef): boolean {
    return kind === 'Namespace' || this.#open.get(resourceKey({ group: '', kind: 'Namespace', namespace: '', name: namespace }))?.before === null
  }

  /**
   * Outlives this process when it returns: what follows is the change itself.
   * @param synced outlives the machine's sudden end as well
   */
  #write(line: Line, synced: boolean): void {
    const file = openSync(this.file, 'a', 0o600)
    try {
      appendFileSync(file, `${JSON.stringify(line)}\n`)
      if (synced) fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}

/** How it was stands nowhere else. What is the run's own its label tells, too. */
function isOfOthers({ before }: Touched): boolean {
  return before !== null
}

/** A ledger that was found on the disk. */
export interface FoundLedger {
  readonly file: string
  readonly head: LedgerHead
  /** The last one first. */
  readonly open: readonly Touched[]
}

export function findLedgers(folder = ledgerFolder()): readonly FoundLedger[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  return files.flatMap((name) => readLedger(join(folder, name)) ?? [])
}

function readLedger(file: string): FoundLedger | null {
  let head: LedgerHead | null = null
  const open = new Map<string, Touched>()
  for (const line of linesOf(file))
    if ('head' in line) head = line.head
    else if ('touched' in line) open.set(resourceKey(line.touched.ref), line.touched)
    else open.delete(line.done)
  return head && { file, head, open: [...open.values()].toReversed() }
}

/** A run that was killed while it wrote leaves half a line, whose change it never began. */
function linesOf(file: string): readonly Line[] {
  const texts = readFileSync(file, 'utf8').split('\n')
  return texts.flatMap((text) => {
    try {
      return [JSON.parse(text) as Line]
    } catch {
      return []
    }
  })
}

/** `$XDG_STATE_HOME/meshspec/runs` */
function ledgerFolder(): string {
  return join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'meshspec', 'runs')
}
