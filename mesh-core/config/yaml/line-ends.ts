/**
 * The same text, as long, whose lines all end in line feeds: YAML also takes a carriage return alone for the end of a line, as old editors wrote it, and
 * a reader counts its lines so.
 */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text
}
