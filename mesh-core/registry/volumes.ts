/** A Secret or ConfigMap that stands as files in a container. */
export interface Mount {
  /** Folder, without a slash at its end. */
  readonly path: string
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  /** File names by key, where the volume gives other ones; `null`: each key is a file. */
  readonly items: Readonly<Record<string, string>> | null
  /** `subPath`: `path` is this one file; `''` for a folder. */
  readonly file: string
}

/** Of a pod: nothing but its reader here looks into it. */
type Spec = any

/** What containers of a pod see of Secrets and ConfigMaps. */
export function mountsOf(volumes: readonly Spec[], containers: readonly Spec[]): readonly Mount[] {
  const sources = new Map(volumes.flatMap((volume): [string, Spec][] => [[volume.name, volume]]))
  return containers.flatMap((container) => (container.volumeMounts ?? []).flatMap((mount: Spec) => mountOf(sources.get(mount.name), mount)))
}

const userVolume = 'sidecar.istio.io/userVolume'
const userVolumeMount = 'sidecar.istio.io/userVolumeMount'

/**
 * What the injector adds to a sidecar: two annotations of JSON, either lists or mappings by name. Source: Istio's injection template.
 * Text that is no JSON mounts nothing.
 */
export function sidecarMounts(annotations: Readonly<Record<string, string>>): readonly Mount[] {
  const volumeMounts = listIn(annotations[userVolumeMount])
  return volumeMounts.length === 0 ? [] : mountsOf(listIn(annotations[userVolume]), [{ volumeMounts }])
}

function listIn(text: string | undefined): Spec[] {
  if (!text) return []
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed)) return parsed
    return Object.entries(parsed as object).map(([name, value]) => ({ name, ...value }))
  } catch {
    return []
  }
}

function mountOf(volume: Spec, { mountPath, subPath }: Spec): Mount[] {
  const path = String(mountPath ?? '').replace(/\/$/, '')
  const shared = { path, file: String(subPath ?? '') }
  const sources: readonly Spec[] = volume?.projected?.sources ?? (volume ? [volume] : [])
  return sources.flatMap(({ secret, configMap }: Spec): Mount[] => {
    if (secret) return [{ ...shared, kind: 'Secret', name: secret.secretName ?? secret.name ?? '', items: itemsOf(secret) }]
    return configMap ? [{ ...shared, kind: 'ConfigMap', name: configMap.name ?? '', items: itemsOf(configMap) }] : []
  })
}

function itemsOf({ items }: Spec): Mount['items'] {
  return items ? Object.fromEntries(items.map(({ key, path }: Spec) => [key, path])) : null
}

/** The Secret or ConfigMap that a file comes from, and its key there; `null`: no volume gives it. */
export function fileSource(mounts: readonly Mount[], file: string): { readonly mount: Mount; readonly key: string } | null {
  for (const mount of mounts) {
    const named = mount.file === '' ? nameBelow(mount.path, file) : file === mount.path ? mount.file : null
    if (named === null) continue
    const key = mount.items ? Object.entries(mount.items).find(([, path]) => path === named)?.[0] : named
    if (key !== undefined) return { mount, key }
  }
  return null
}

function nameBelow(folder: string, file: string): string | null {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : null
}
