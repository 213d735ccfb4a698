/**
 * Loaded first where code generation is forbidden: vitest's pool makes one function of text before it takes its first test, and would wait for
 * ever without it. It is given that one, once; nothing else is allowed by this.
 */
const { Function } = globalThis

globalThis.Function = new Proxy(Function, {
  construct: (target, texts, newTarget) => {
    if (texts.join() !== "specifier,return import(specifier)") return Reflect.construct(target, texts, newTarget)
    globalThis.Function = Function
    return (specifier) => import(specifier)
  }
})
