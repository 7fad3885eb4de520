/** Work that is known by its number when it ends. */
export async function numbered<T>(index: number, work: Promise<T>): Promise<{ readonly index: number; readonly value: T }> {
  return { index, value: await work }
}
