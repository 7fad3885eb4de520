import type { MeshSpecError } from '../mesh-core/config/errors.ts'
import { ConfigRejected } from '../mesh-core/config/errors.ts'
import type { NotModelled, Resource } from '../mesh-core/config/resource.ts'
import { checkReferences, weightNotes } from '../mesh-core/config/load.ts'
import { createMesh } from '../mesh-core/create-mesh.ts'
import type { Mesh } from '../mesh-core/mesh.ts'
import { Excerpts } from './excerpt.ts'
import { exitCodes } from './exit-codes.ts'
import { inRounds, readConfig } from './read-config.ts'

export interface ValidateOptions {
  readonly quiet?: boolean
  /** The config is all that the mesh has: what it does not define does not exist. */
  readonly whole?: boolean
}

/** @returns the exit code */
export async function validate(paths: readonly string[], { quiet = false, whole = false }: ValidateOptions): Promise<number> {
  const excerpts = new Excerpts()
  const { resources, errors } = readConfig(paths, excerpts)
  const mesh = createMesh()
  const refused = applyAll(mesh, resources)
  const inThemselves = [...errors, ...refused]
  // What refers to something that is wrong would be called wrong itself.
  const all = inThemselves.length > 0 ? inThemselves : checkReferences(resources, { whole })
  if (!quiet) process.stdout.write(notices(mesh))
  if (all.length > 0) process.stderr.write(`${errorsText(all, excerpts)}\n`)
  else if (!quiet) process.stdout.write(`${notes(resources)}${count(resources.length, 'resource')} in ${count(filesOf(resources), 'file')}: valid\n`)
  return all.length > 0 ? exitCodes.wrongInput : exitCodes.held
}

/** Every resource is checked, those too that another one of the same name takes the place of. */
function applyAll(mesh: Mesh, resources: readonly Resource[]): MeshSpecError[] {
  const errors: MeshSpecError[] = []
  for (const round of inRounds(resources)) errors.push(...applyRound(mesh, round))
  return errors
}

function applyRound(mesh: Mesh, resources: readonly Resource[]): readonly MeshSpecError[] {
  try {
    mesh.apply(resources)
    return []
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors
    throw error
  }
}

/** Each error with the lines that it is about, then how many there are. */
export function errorsText(errors: readonly MeshSpecError[], excerpts: Excerpts): string {
  return [...errors.map((error) => withExcerpt(error, excerpts)), count(errors.length, 'error')].join('\n\n')
}

/** The hint stays last, below the lines that it is about. */
function withExcerpt({ message, details }: MeshSpecError, excerpts: Excerpts): string {
  const { place, hint } = details
  const lines = place?.position ? excerpts.at(place.file, place.position) : null
  if (lines === null) return message
  const sentence = hint === null ? message : message.slice(0, message.length - `\n  hint: ${hint}`.length)
  return [sentence, indent(lines), ...(hint === null ? [] : [`  hint: ${hint}`])].join('\n')
}

function notices(mesh: Mesh): string {
  const notModelled = mesh.notModelled.map((notice) => `${placeOf(mesh, notice)}: ${notice.resource}: ${notice.message}\n`)
  return [...notModelled, ...mesh.warnings.map((warning) => `warning: ${warning}\n`)].join('')
}

function notes(resources: readonly Resource[]): string {
  return weightNotes(resources)
    .map((note) => `note: ${note}\n`)
    .join('')
}

function placeOf(mesh: Mesh, { origin }: NotModelled): string {
  const { file, position } = mesh.locate(origin)
  return position === null ? file : `${file}:${position.line}:${position.column}`
}

function filesOf(resources: readonly Resource[]): number {
  return new Set(resources.map(({ source }) => source.file)).size
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}
