/**
 * Who is writing: from its beginning until it is known what became of it, reads of what a write touches pass by.
 */
import type { Fate, TransactionScope } from "../transaction/scope.js"
import type { Generation } from "./generations.js"

/** A transaction that writes to more things than this is taken to write to any rows of the tables that it goes on to write to. */
const most = 1_000

/** The writes of a cache's database. */
export class Writers {
  /** By the transaction's root. */
  private readonly byTransaction = new WeakMap<object, Set<Generation>>()

  /** `moved` is told what others may have to be told. */
  constructor(private readonly onMoved: (moved: Iterable<Generation>) => void) {}

  isCrowded({ root }: TransactionScope): boolean {
    const all = this.byTransaction.get(root)
    return all !== undefined && all.size > most
  }

  begin(touched: Iterable<Generation>): void {
    for (const generation of touched) generation.writers++
  }

  end(touched: Iterable<Generation>, isMoved: boolean): void {
    if (isMoved) this.move(touched)
    for (const generation of touched) generation.writers--
  }

  move(touched: Iterable<Generation>): void {
    for (const generation of touched) generation.value++
    this.onMoved(touched)
  }

  /** A write of a transaction: it begins now, and ends with that. */
  join(scope: TransactionScope, touched: Iterable<Generation>): void {
    // Who comes late is refused.
    if (!scope.isOpen()) return
    let all = this.byTransaction.get(scope.root)
    if (all === undefined) {
      const own = new Set<Generation>()
      this.byTransaction.set(scope.root, all = own)
      scope.whenEnded((fate: Fate) => this.end(own, fate !== "undone"))
    }
    for (const generation of touched) {
      if (all.has(generation)) continue
      all.add(generation)
      generation.writers++
    }
  }
}
