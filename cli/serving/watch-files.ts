import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { dirname } from 'node:path'

/** ms. Editors write a file in several steps. */
const quietMs = 100

/** Calls back after a change of any of the files. Their folders are watched, since editors put a new file in the place of the old. */
export function watchFiles(files: readonly string[], changed: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(changed, quietMs)
  }
  const watchers: FSWatcher[] = [...new Set(files.map((file) => dirname(file)))].map((folder) => watch(folder, soon))
  return {
    close() {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}
