import { styleText } from 'node:util'

export type Colour = 'green' | 'red' | 'yellow' | 'dim' | 'bold'
export type Paint = (colour: Colour, text: string) => string

/** Colours for a terminal; plain text where nobody would see them. `NO_COLOR` and `FORCE_COLOR` are heeded (https://no-color.org). */
export function makePaint(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const wanted = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' ? true : isTTY && !env['NO_COLOR']
  // styleText asks stdout itself unless told not to; whether to colour was decided above
  return wanted ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_, text) => text
}
