/**
 * The contract, on every database that is there, and once more on drivers that can do less than they could.
 */
import { describe, layer } from "@effect/vitest"
import { contract } from "../src/Testing.js"
import { available } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

const groups = [...new Set(contract.map(({ group }) => group))]

for (const { name, url } of available) {
  layer(layerOf(url), { excludeTestServices: true })(`the contract on ${name}`, (it) => {
    for (const group of groups) {
      describe(group, () => {
        for (const one of contract.filter((candidate) => candidate.group === group)) it.effect(one.name, () => one.run)
      })
    }
  })
}
