/**
 * Instances of a model made of rows, whose values were decoded already: nothing is checked or copied once more.
 */

/** Given to a class by decoders alone, after an object that is to become the instance. */
const adopted: unique symbol = Symbol("effect-strata/Model/adopted")

type Class = new(...args: ReadonlyArray<any>) => object

/**
 * A class of Schema's that takes a row as its instance. What a subclass adds (field initialisers, a constructor) happens to the row as it
 * does to any instance; a subclass whose constructor passes on less than it was given makes its instances as usual.
 */
export const adopting = <C extends Class>(base: C): C =>
  class extends (base as Class) {
    constructor(...args: ReadonlyArray<any>) {
      if (args[1] === adopted) return args[0]
      super(...args)
    }
  } as C

/** Makes an object, whose prototype is that of the model, an instance of it. */
export const adopt = (model: Class) => (row: object): object => new model(row, adopted)

/** Gives a row a property of its own, whatever its class has by that name. */
export const give = (row: any, name: string, value: unknown): void => {
  if (name in row) Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true })
  else row[name] = value
}
