/** What the command tells the shell. */
export const exitCodes = {
  held: 0,
  /** A scenario failed, or could not be decided. */
  failed: 1,
  /** The features, the config or the settings are wrong: nothing was learnt about the mesh. */
  wrongInput: 2,
} as const
