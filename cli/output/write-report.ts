import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../support/runs/make-folder.ts'
import { notWritten } from './not-written.ts'

/** @throws MeshSpecError REPORT_NOT_WRITTEN */
export function writeReport(file: string, text: string): void {
  try {
    makeFolder(dirname(file))
    writeFileSync(file, text)
  } catch (error) {
    throw notWritten([file], error)
  }
}
