import { fileURLToPath } from 'node:url'

/** @returns the built file of a program of this folder that runs as a process of its own */
export function entryOf(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url))
}
