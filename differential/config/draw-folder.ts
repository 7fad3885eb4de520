import { Draw } from '../draw.ts'
import type { Plain } from './beginnings.ts'
import { drawDocument } from './draw-document.ts'

/** A folder of config, as somebody might write it. */
export interface Folder {
  readonly name: string
  readonly documents: readonly Plain[]
}

/** The same seed and index make the same folder. */
export function drawFolder(seed: string, index: number): Folder {
  const draw = new Draw(`${seed}/${index}`)
  const documents = draw.many(3, 9, (i) => drawDocument(draw, `doc-${index}-${i}`, draw.one(['default', 'default', 'prod', 'istio-system'])))
  return { name: `folder ${index}`, documents }
}

/** `Kind/namespace/name`, as istioctl has it. */
export function keyOf({ kind, metadata }: Plain): string {
  const { name, namespace = '' } = metadata as { readonly name: string; readonly namespace?: string }
  return `${String(kind)}/${namespace}/${name}`
}
