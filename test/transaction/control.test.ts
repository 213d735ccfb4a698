/**
 * Which texts are taken for a step of a transaction, on whatever database.
 */
import { assert, describe, it } from "@effect/vitest"
import { isControl, isDefinition, isRowWork } from "../../src/transaction/control.js"

const steps = [
  "begin",
  "BEGIN;",
  "begin work",
  "begin immediate",
  "begin transaction isolation level serializable",
  "start transaction",
  "START  TRANSACTION read only",
  "commit",
  "commit work",
  "commit and chain",
  "COMMIT PREPARED 'a'",
  "end",
  "end transaction",
  "abort",
  "rollback",
  "rollback work",
  "rollback;",
  "ROLLBACK TRANSACTION",
  "rollback and chain",
  "prepare transaction 'a'",
  "xa start 'a'",
  "xa commit 'a'",
  "  \n\tcommit",
  "-- a comment\ncommit",
  "/* begin */ /* two */ commit",
  "# of mysql\nrollback",
  "/*! commit */",
  "/*!50003 rollback */",
  "/*M!100000 commit */",
  "select 1; commit",
  "select 'a;b'; commit; select 2",
  "select e'it\\'s; not'; rollback",
  "select $$ a; b $$; commit",
  "select $x$ $$; $x$; end",
  "insert into t values ('it''s; begin'); commit"
]

const others = [
  "",
  "select 1",
  "rollback to savepoint a",
  "rollback to a",
  "ROLLBACK WORK TO SAVEPOINT a",
  "rollback transaction to a",
  "savepoint commit",
  "release savepoint a",
  "select * from commits",
  "select \"commit\" from t",
  "select case when a then b end from t",
  "select 'x'; select 'commit'",
  "select '; commit'",
  "select \"; commit\" from t",
  "select `; commit` from t",
  "select $$; commit$$",
  "select 1 -- ; commit",
  "select 1 /* ; commit; */",
  "update t set note = 'end; commit'",
  "start_it()",
  "prepare p as select 1",
  "start slave",
  "begin not atomic select 1; end",
  "create trigger t after insert on a begin update b set c = 1; end",
  "/* made */ create function f() returns int begin atomic select 1; end",
  "create procedure p() begin commit; end",
  "do $$ begin commit; end $$",
  "endpoint",
  "committed"
]

describe("a step of a transaction", () => {
  for (const text of steps) it(`is: ${JSON.stringify(text)}`, () => assert.isTrue(isControl(text)))
  for (const text of others) it(`is not: ${JSON.stringify(text)}`, () => assert.isFalse(isControl(text)))

  it("is told from strings in which a backslash escapes, where the database has them", () => {
    for (const text of ["select 'it\\'s; commit'", "select \"a\\\"; commit\"", "select 'a\\\\', 'b; commit'"]) {
      assert.isFalse(isControl(text, "'\""), text)
    }
    for (const text of ["select 'a\\\\'; commit", "select `a\\`; commit", "select \"it\\'s\"; commit"]) {
      assert.isTrue(isControl(text, "'\""), text)
    }
    assert.isTrue(isControl("select 'a\\'; commit"))
  })

  it("is told in a time that grows with the text alone", () => {
    for (
      const piece of ["/*", "/* */ ", "/*! ", "'", "\"\"", "$$", "$a", "-- ", "#\n", ";", " ", "e'\\", "commit_ ", "( "]
    ) {
      for (const last of ["; select commit", "; commit"]) {
        const text = piece.repeat(100_000) + last
        const start = performance.now()
        isControl(text)
        isControl(text, "'\"")
        isDefinition(text)
        isRowWork(text)
        assert.isBelow(performance.now() - start, 1_000, piece)
      }
    }
  })
})

describe("a definition, which commits by itself on some databases", () => {
  const definitions = [
    "create table t (id int)",
    "ALTER TABLE t add a int",
    " -- a\n/* b */ drop table t",
    "/*! truncate t */"
  ]
  for (const text of [...definitions, "rename table a to b", "lock tables t write", "grant select on t to u"]) {
    it(`is: ${JSON.stringify(text)}`, () => assert.isTrue(isDefinition(text)))
  }
  for (
    const text of ["", "select 'create'", "insert into creates values (1)", "created", "update t set a = 1", "call p()"]
  ) {
    it(`is not: ${JSON.stringify(text)}`, () => assert.isFalse(isDefinition(text)))
  }
})

describe("what commits nothing by itself", () => {
  for (
    const text of [
      "select 1",
      "((SELECT 1) union (select 2))",
      "/* a */ ( -- b\n select 1)",
      "with a as (select 1) select * from a",
      "insert into t values (1) returning id",
      "replace into t values (1)",
      "/*! update t set a = 1 */",
      "delete from t"
    ]
  ) it(`is: ${JSON.stringify(text)}`, () => assert.isTrue(isRowWork(text)))
  for (
    const text of [
      "",
      "call p()",
      "analyze table t",
      "drop table t",
      "selected",
      "execute s",
      "/* select */ drop table t"
    ]
  ) it(`is not: ${JSON.stringify(text)}`, () => assert.isFalse(isRowWork(text)))
})
