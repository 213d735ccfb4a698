/**
 * Whether this process may make functions of text: `node --disallow-code-generation-from-strings` and some hosts forbid it.
 */
export const canGenerate: boolean = (() => {
  try {
    return new Function("return true")() === true
  } catch {
    return false
  }
})()
