/** Why a file or a folder could not be read or written, in a person's words. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return fileReasons[code ?? ''] ?? message
}

export const fileReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'no space is left for you on its disk',
  EROFS: 'its disk is read-only',
  EACCES: 'that is not permitted',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such folder, and it cannot be made',
  ENOTDIR: 'there is a file where a folder would be',
  EEXIST: 'there is a file where a folder would be',
}
