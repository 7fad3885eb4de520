import type { PageChecks } from '../checks/page.ts'

/** Checks of pages come with an HTML parser, which only scenarios about pages should have to load. */
export async function loadPageChecks(): Promise<PageChecks> {
  const [{ pageChecks }, { readPage }] = await Promise.all([import('../checks/page.ts'), import('../checks/page-text.ts')])
  return pageChecks(readPage)
}
