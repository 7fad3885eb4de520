import { ConfigRejected, MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { KubeObject } from '../../../mesh-core/config/resource.ts'
import type { Ended } from './shell.ts'
import { runWithFile } from './shell.ts'

/** How the user's commands put config in place. Each takes YAML documents. */
export interface ConfigCommands {
  /** @throws {ConfigRejected} when the mesh refuses it; MeshSpecError APPLY_FAILED when the command fails otherwise */
  apply(documents: string): Promise<void>
  /** `null`: nothing is known that takes config away. @throws MeshSpecError APPLY_FAILED */
  readonly remove: ((documents: string) => Promise<void>) | null
  /** The objects of these documents as they are in the cluster now; `null`: nothing is known that reads them. */
  readonly read: ((documents: string) => Promise<readonly KubeObject[]>) | null
}

/**
 * @param applyCommand `kubectl apply -f {file}`, or any other
 * @param deleteCommand of the same form; default: made of the apply command, where that is kubectl's
 * @throws MeshSpecError INVALID_SETTING when a command names no {file}
 */
export function createConfigCommands(applyCommand: string, deleteCommand: string | null): ConfigCommands {
  const removing = deleteCommand ?? kubectlVariant(applyCommand, 'delete --ignore-not-found')
  const reading = kubectlVariant(applyCommand, 'get --ignore-not-found -o json')
  for (const command of [applyCommand, removing]) if (command !== null && !command.includes('{file}')) throw withoutFile(command)
  return {
    apply: (documents) => execute(applyCommand, documents),
    remove: removing === null ? null : (documents) => execute(removing, documents),
    read: reading === null ? null : async (documents) => objectsOf(await runWithFile(reading, documents)),
  }
}

/** Flags of `kubectl apply` that its other commands do not know. */
const flagsOfApply = /\s--(?:server-side|force-conflicts|prune|validate|field-manager)(?:=\S+)?(?=\s|$)/g

/** The same call of kubectl with another verb, its context and namespace kept; `null` when the command is none of kubectl's. */
function kubectlVariant(command: string, verb: string): string | null {
  const [, before, after] = /^((?:.*[\s/])?kubectl(?:\s.*?)?)\sapply(\s.*)$/.exec(command) ?? []
  return before === undefined || after === undefined ? null : `${before} ${verb}${after.replace(flagsOfApply, '')}`
}

async function execute(command: string, documents: string): Promise<void> {
  const ended = await runWithFile(command, documents)
  if (ended.code === 0) return
  const refusal = refusalIn(ended.stderr)
  if (refusal !== null) throw new ConfigRejected([fault('INVALID_VALUE', refusal, null)])
  throw fault('APPLY_FAILED', `"${command}" ${endOf(ended)}`, 'run the command by hand with a file of your config')
}

/** What the API server, its schemas or the webhook of istiod say of config that they do not take. */
const refusals = [
  /admission webhook "[^"]*" denied the request: (.*)/s,
  /is invalid: (.*)/s,
  /(strict decoding error: .*)/s,
  /(error validating .*)/s,
]

function refusalIn(stderr: string): string | null {
  for (const refusal of refusals) {
    const said = refusal.exec(stderr)?.[1]
    if (said !== undefined) return said.trim()
  }
  return null
}

function endOf({ code, stderr }: Ended): string {
  const end = code === null ? 'was stopped' : `ended with exit code ${code}`
  return stderr.trim() === '' ? end : `${end}: ${stderr.trim()}`
}

/** Nothing, where reading fails: then applying tells why. */
function objectsOf({ code, stdout }: Ended): readonly KubeObject[] {
  if (code !== 0 || stdout.trim() === '') return []
  const read = JSON.parse(stdout) as KubeObject & { readonly items?: readonly KubeObject[] }
  return read.kind === 'List' ? (read.items ?? []) : [read]
}

function withoutFile(command: string): MeshSpecError {
  return fault('INVALID_SETTING', `the command "${command}" does not say where the file goes`, 'write {file} in it: kubectl apply -f {file}')
}

function fault(code: 'INVALID_VALUE' | 'APPLY_FAILED' | 'INVALID_SETTING', problem: string, hint: string | null): MeshSpecError {
  return new MeshSpecError({ code, origin: null, place: null, problem, hint })
}
