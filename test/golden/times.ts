/**
 * The golden table of timestamps, days and times of day.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Measure } from "./models.js"
import { line, unsupported } from "./record.js"

const number = (of: (columns: Expr.Columns<typeof Measure>) => Expr.Selectable<unknown>) => Query.from(Measure).pipe(Query.pluck(of))
const noon = DateTime.unsafeMake("2026-11-22T12:00:00.000Z")

export const times = [
  line("truncate", number((m) => Expr.truncate(m.at, "month")), {
    sqlite: [[`select strata_truncate('month', "measures"."at") from "measures"`]],
    postgresql: [[`select date_trunc('month', ("measures"."at" at time zone 'UTC')) at time zone 'UTC' from "measures"`]],
    mariadb: [["select cast(date_format(`measures`.`at`, '%Y-%m-01') as datetime(3)) from `measures`"]],
    mysql: [["select cast(date_format(`measures`.`at`, '%Y-%m-01') as datetime(3)) from `measures`"]]
  }),
  line("truncate, to a quarter", number((m) => Expr.truncate(m.at, "quarter")), {
    sqlite: [[`select strata_truncate('quarter', "measures"."at") from "measures"`]],
    postgresql: [[`select date_trunc('quarter', ("measures"."at" at time zone 'UTC')) at time zone 'UTC' from "measures"`]],
    mariadb: [["select cast(makedate(year(`measures`.`at`), 1) + interval quarter(`measures`.`at`) - 1 quarter as datetime(3)) from `measures`"]],
    mysql: [["select cast(makedate(year(`measures`.`at`), 1) + interval quarter(`measures`.`at`) - 1 quarter as datetime(3)) from `measures`"]]
  }),
  line("truncate, to a week", number((m) => Expr.truncate(m.at, "week")), {
    sqlite: [[`select strata_truncate('week', "measures"."at") from "measures"`]],
    postgresql: [[`select date_trunc('week', ("measures"."at" at time zone 'UTC')) at time zone 'UTC' from "measures"`]],
    mariadb: [["select cast(date(`measures`.`at`) - interval weekday(`measures`.`at`) day as datetime(3)) from `measures`"]],
    mysql: [["select cast(date(`measures`.`at`) - interval weekday(`measures`.`at`) day as datetime(3)) from `measures`"]]
  }),
  line("truncate, a day", number((m) => Expr.truncate(m.day, "year")), {
    sqlite: [[`select strata_truncate('year', "measures"."day") from "measures"`]],
    postgresql: [[`select cast(date_trunc('year', cast("measures"."day" as timestamp)) as date) from "measures"`]],
    mariadb: [["select cast(date_format(`measures`.`day`, '%Y-01-01') as date) from `measures`"]],
    mysql: [["select cast(date_format(`measures`.`day`, '%Y-01-01') as date) from `measures`"]]
  }),
  line("truncate, a time of day", number((m) => Expr.truncate(m.time, "hour")), {
    sqlite: [[`select strata_truncate('hour', "measures"."time") from "measures"`]],
    postgresql: [[`select cast(date_trunc('hour', "measures"."time") as time) from "measures"`]],
    mariadb: [["select cast(cast(date_format(timestamp('2000-01-01', `measures`.`time`), '%Y-%m-%d %H:00:00') as datetime(3)) as time(3)) from `measures`"]],
    mysql: [["select cast(cast(date_format(timestamp('2000-01-01', `measures`.`time`), '%Y-%m-%d %H:00:00') as datetime(3)) as time(3)) from `measures`"]]
  }),
  line("truncate, a value", number(() => Expr.truncate(Expr.param(Schema.DateTimeUtc, noon), "second")), {
    sqlite: [[`select strata_truncate('second', ?) from "measures"`, "2026-11-22T12:00:00.000Z"]],
    postgresql: [[`select date_trunc('second', ($1::timestamptz at time zone 'UTC')) at time zone 'UTC' from "measures"`, "2026-11-22T12:00:00.000Z"]],
    mariadb: [["select cast(date_format(cast(? as datetime(3)), '%Y-%m-%d %H:%i:%s') as datetime(3)) from `measures`", "2026-11-22 12:00:00.000"]],
    mysql: [["select cast(date_format(cast(? as datetime(3)), '%Y-%m-%d %H:%i:%s') as datetime(3)) from `measures`", "2026-11-22 12:00:00.000"]]
  }),
  line("truncate, at an offset", number((m) => Expr.truncate(m.at, "day", { timeZone: "+02:00" })), {
    sqlite: [[`select strata_plus_milliseconds(strata_truncate('day', strata_plus_milliseconds("measures"."at", ?)), ?) from "measures"`, 7200000n, -7200000n]],
    postgresql: [[`select cast((date_trunc('day', ((cast("measures"."at" + $1::bigint * interval '1 millisecond' as timestamptz(3))) at time zone 'UTC')) at time zone 'UTC') + $2::bigint * interval '1 millisecond' as timestamptz(3)) from "measures"`, "7200000", "-7200000"]],
    mariadb: [["select (cast(date_format((`measures`.`at` + interval (? * 1000) microsecond), '%Y-%m-%d') as datetime(3))) + interval (? * 1000) microsecond from `measures`", 7200000n, -7200000n]],
    mysql: [["select (cast(date_format((`measures`.`at` + interval (? * 1000) microsecond), '%Y-%m-%d') as datetime(3))) + interval (? * 1000) microsecond from `measures`", 7200000n, -7200000n]]
  }),
  line("truncate, in a time zone", number((m) => Expr.truncate(m.at, "day", { timeZone: "Europe/Berlin" }) as never), {
    sqlite: [[`select strata_from_zone(strata_truncate('day', strata_to_zone("measures"."at", ?)), ?) from "measures"`, "Europe/Berlin", "Europe/Berlin"]],
    postgresql: [[`select (select case when i at time zone z = l then i else l at time zone z end from (select l, z, (l + (l - interval '1 day' - ((l - interval '1 day') at time zone 'UTC' at time zone z))) at time zone 'UTC' as i from (select ((date_trunc('day', (("measures"."at" at time zone $1 at time zone 'UTC') at time zone 'UTC')) at time zone 'UTC') at time zone 'UTC') as l, cast($2 as text) as z) as a) as b) from "measures"`, "Europe/Berlin", "Europe/Berlin"]],
    mariadb: unsupported("time zones"),
    mysql: unsupported("time zones")
  }),
  line("truncate, to an hour in a time zone", number((m) => Expr.truncate(m.at, "hour", { timeZone: "Asia/Kolkata" }) as never), {
    sqlite: [[`select strata_plus_milliseconds("measures"."at", strata_difference('millisecond', strata_truncate('hour', strata_to_zone("measures"."at", ?)), strata_to_zone("measures"."at", ?))) from "measures"`, "Asia/Kolkata", "Asia/Kolkata"]],
    postgresql: [[`select cast("measures"."at" + (cast(round(extract(epoch from (date_trunc('hour', (("measures"."at" at time zone $1 at time zone 'UTC') at time zone 'UTC')) at time zone 'UTC') - ("measures"."at" at time zone $2 at time zone 'UTC')) * 1000) as bigint)) * interval '1 millisecond' as timestamptz(3)) from "measures"`, "Asia/Kolkata", "Asia/Kolkata"]],
    mariadb: unsupported("time zones"),
    mysql: unsupported("time zones")
  }),
  line("extract", number((m) => Expr.extract(m.at, "year")), {
    sqlite: [[`select strata_extract('year', "measures"."at") from "measures"`]],
    postgresql: [[`select cast(floor(extract(year from ("measures"."at" at time zone 'UTC'))) as integer) from "measures"`]],
    mariadb: [["select year(`measures`.`at`) from `measures`"]],
    mysql: [["select year(`measures`.`at`) from `measures`"]]
  }),
  line("extract, milliseconds", number((m) => Expr.extract(m.at, "millisecond")), {
    sqlite: [[`select strata_extract('millisecond', "measures"."at") from "measures"`]],
    postgresql: [[`select cast(floor(extract(milliseconds from ("measures"."at" at time zone 'UTC'))) as integer) % 1000 from "measures"`]],
    mariadb: [["select microsecond(`measures`.`at`) div 1000 from `measures`"]],
    mysql: [["select microsecond(`measures`.`at`) div 1000 from `measures`"]]
  }),
  line("extract, of the week", Query.from(Measure).pipe(Query.select((m) => ({ a: Expr.extract(m.at, "isoYear"), b: Expr.extract(m.day, "isoWeek"), c: Expr.extract(m.at, "isoDayOfWeek") }))), {
    sqlite: [[`select strata_extract('isoYear', "measures"."at"), strata_extract('isoWeek', "measures"."day"), strata_extract('isoDayOfWeek', "measures"."at") from "measures"`]],
    postgresql: [[`select cast(floor(extract(isoyear from ("measures"."at" at time zone 'UTC'))) as integer), cast(floor(extract(week from cast("measures"."day" as timestamp))) as integer), cast(floor(extract(isodow from ("measures"."at" at time zone 'UTC'))) as integer) from "measures"`]],
    mariadb: [["select yearweek(`measures`.`at`, 3) div 100, week(`measures`.`day`, 3), weekday(`measures`.`at`) + 1 from `measures`"]],
    mysql: [["select yearweek(`measures`.`at`, 3) div 100, week(`measures`.`day`, 3), weekday(`measures`.`at`) + 1 from `measures`"]]
  }),
  line("extract, of a time of day", number((m) => Expr.extract(m.time, "minute")), {
    sqlite: [[`select strata_extract('minute', "measures"."time") from "measures"`]],
    postgresql: [[`select cast(floor(extract(minute from "measures"."time")) as integer) from "measures"`]],
    mariadb: [["select minute(`measures`.`time`) from `measures`"]],
    mysql: [["select minute(`measures`.`time`) from `measures`"]]
  }),
  line("extract, epoch", number((m) => Expr.extract(m.at, "epoch")), {
    sqlite: [[`select strata_extract('epoch', "measures"."at") from "measures"`]],
    postgresql: [[`select cast(extract(epoch from "measures"."at") as double precision) from "measures"`]],
    mariadb: [["select timestampdiff(microsecond, '1970-01-01', `measures`.`at`) div 1000 / 1e3 from `measures`"]],
    mysql: [["select timestampdiff(microsecond, '1970-01-01', `measures`.`at`) div 1000 / 1e3 from `measures`"]]
  }),
  line("extract, in a time zone", number((m) => Expr.extract(m.at, "hour", { timeZone: "Europe/Berlin" }) as never), {
    sqlite: [[`select strata_extract('hour', strata_to_zone("measures"."at", ?)) from "measures"`, "Europe/Berlin"]],
    postgresql: [[`select cast(floor(extract(hour from (("measures"."at" at time zone $1 at time zone 'UTC') at time zone 'UTC'))) as integer) from "measures"`, "Europe/Berlin"]],
    mariadb: unsupported("time zones"),
    mysql: unsupported("time zones")
  }),
  line("plus", number((m) => Expr.plus(m.at, { years: 1, months: 2, days: 3, hours: 4 })), {
    sqlite: [[`select strata_plus_milliseconds(strata_plus_months("measures"."at", ?), ?) from "measures"`, 14n, 273600000n]],
    postgresql: [[`select cast(((("measures"."at" at time zone 'UTC') + make_interval(months => cast($1::bigint as integer))) at time zone 'UTC') + $2::bigint * interval '1 millisecond' as timestamptz(3)) from "measures"`, "14", "273600000"]],
    mariadb: [["select (`measures`.`at` + interval ? month) + interval (? * 1000) microsecond from `measures`", 14n, 273600000n]],
    mysql: [["select (`measures`.`at` + interval ? month) + interval (? * 1000) microsecond from `measures`", 14n, 273600000n]]
  }),
  line("plus, of a day", number((m) => Expr.plus(m.day, { months: 1, weeks: 1 })), {
    sqlite: [[`select strata_plus_days(strata_plus_months("measures"."day", ?), ?) from "measures"`, 1n, 7n]],
    postgresql: [[`select (cast((cast("measures"."day" as timestamp) + make_interval(months => cast($1::bigint as integer))) as date)) + cast($2::bigint as integer) from "measures"`, "1", "7"]],
    mariadb: [["select (`measures`.`day` + interval ? month) + interval ? day from `measures`", 1n, 7n]],
    mysql: [["select (`measures`.`day` + interval ? month) + interval ? day from `measures`", 1n, 7n]]
  }),
  line("plus, of a time of day", number((m) => Expr.plus(m.time, { minutes: 90 })), {
    sqlite: [[`select strata_plus_milliseconds("measures"."time", ?) from "measures"`, 5400000n]],
    postgresql: [[`select cast("measures"."time" + $1::bigint * interval '1 millisecond' as time(3)) from "measures"`, "5400000"]],
    mariadb: [["select cast(timestamp('2000-01-01', `measures`.`time`) + interval (? * 1000) microsecond as time(3)) from `measures`", 5400000n]],
    mysql: [["select cast(timestamp('2000-01-01', `measures`.`time`) + interval (? * 1000) microsecond as time(3)) from `measures`", 5400000n]]
  }),
  line("plus, in a time zone", number((m) => Expr.plus(m.at, { days: 1, hours: 1 }, { timeZone: "Europe/Berlin" }) as never), {
    sqlite: [[`select strata_plus_milliseconds(strata_from_zone(strata_plus_milliseconds(strata_to_zone("measures"."at", ?), ?), ?), ?) from "measures"`, "Europe/Berlin", 86400000n, "Europe/Berlin", 3600000n]],
    postgresql: [[`select cast(((select case when i at time zone z = l then i else l at time zone z end from (select l, z, (l + (l - interval '1 day' - ((l - interval '1 day') at time zone 'UTC' at time zone z))) at time zone 'UTC' as i from (select ((cast(("measures"."at" at time zone $1 at time zone 'UTC') + $2::bigint * interval '1 millisecond' as timestamptz(3))) at time zone 'UTC') as l, cast($3 as text) as z) as a) as b)) + $4::bigint * interval '1 millisecond' as timestamptz(3)) from "measures"`, "Europe/Berlin", "86400000", "Europe/Berlin", "3600000"]],
    mariadb: unsupported("time zones"),
    mysql: unsupported("time zones")
  }),
  line("minus, of the database's numbers", number((m) => Expr.minus(m.at, { days: Expr.length(m.kind), seconds: 1 })), {
    sqlite: [[`select strata_plus_milliseconds("measures"."at", (length("measures"."kind") * ?) + ?) from "measures"`, -86400000n, -1000n]],
    postgresql: [[`select cast("measures"."at" + ((length("measures"."kind") * $1::bigint) + $2::bigint) * interval '1 millisecond' as timestamptz(3)) from "measures"`, "-86400000", "-1000"]],
    mariadb: [["select `measures`.`at` + interval (((char_length(`measures`.`kind`) * ?) + ?) * 1000) microsecond from `measures`", -86400000n, -1000n]],
    mysql: [["select `measures`.`at` + interval (((char_length(`measures`.`kind`) * ?) + ?) * 1000) microsecond from `measures`", -86400000n, -1000n]]
  }),
  line("difference", number((m) => Expr.difference(m.at, noon, "hour")), {
    sqlite: [[`select strata_difference('hour', "measures"."at", ?) from "measures"`, "2026-11-22T12:00:00.000Z"]],
    postgresql: [[`select cast(round(extract(epoch from "measures"."at" - $1::timestamptz) * 1000) as bigint) / 3600000 from "measures"`, "2026-11-22T12:00:00.000Z"]],
    mariadb: [["select timestampdiff(microsecond, cast(? as datetime(3)), `measures`.`at`) div 3600000000 from `measures`", "2026-11-22 12:00:00.000"]],
    mysql: [["select timestampdiff(microsecond, cast(? as datetime(3)), `measures`.`at`) div 3600000000 from `measures`", "2026-11-22 12:00:00.000"]]
  }),
  line("difference, in months", number((m) => Expr.difference(m.at, m.at, "year")), {
    sqlite: [[`select strata_difference('year', "measures"."at", "measures"."at") from "measures"`]],
    postgresql: [[`select cast(extract(year from age(("measures"."at" at time zone 'UTC'), ("measures"."at" at time zone 'UTC'))) * 12 + extract(month from age(("measures"."at" at time zone 'UTC'), ("measures"."at" at time zone 'UTC'))) as bigint) / 12 from "measures"`]],
    mariadb: [["select timestampdiff(month, `measures`.`at`, `measures`.`at`) div 12 from `measures`"]],
    mysql: [["select timestampdiff(month, `measures`.`at`, `measures`.`at`) div 12 from `measures`"]]
  }),
  line("difference, of days", number((m) => Expr.difference(m.day, "2026-01-01", "week")), {
    sqlite: [[`select strata_difference('week', "measures"."day", ?) from "measures"`, "2026-01-01"]],
    postgresql: [[`select cast("measures"."day" - $1::date as bigint) / 7 from "measures"`, "2026-01-01"]],
    mariadb: [["select timestampdiff(day, cast(? as date), `measures`.`day`) div 7 from `measures`", "2026-01-01"]],
    mysql: [["select timestampdiff(day, cast(? as date), `measures`.`day`) div 7 from `measures`", "2026-01-01"]]
  }),
  line("difference, of times of day", number((m) => Expr.difference(m.time, m.time, "second")), {
    sqlite: [[`select strata_difference('second', "measures"."time", "measures"."time") from "measures"`]],
    postgresql: [[`select cast(round(extract(epoch from "measures"."time" - "measures"."time") * 1000) as bigint) / 1000 from "measures"`]],
    mariadb: [["select timestampdiff(microsecond, timestamp('2000-01-01', `measures`.`time`), timestamp('2000-01-01', `measures`.`time`)) div 1000000 from `measures`"]],
    mysql: [["select timestampdiff(microsecond, timestamp('2000-01-01', `measures`.`time`), timestamp('2000-01-01', `measures`.`time`)) div 1000000 from `measures`"]]
  }),
  line("inTimeZone", Query.from(Measure).pipe(Query.select((m) => Expr.inTimeZone(m.at, "+01:00"))), {
    sqlite: [[`select substr(strata_plus_milliseconds("measures"."at", ?), 1, 10), substr(strata_plus_milliseconds("measures"."at", ?), 12, 12) from "measures"`, 3600000n, 3600000n]],
    postgresql: [[`select cast(((cast("measures"."at" + $1::bigint * interval '1 millisecond' as timestamptz(3))) at time zone 'UTC') as date), cast(((cast("measures"."at" + $2::bigint * interval '1 millisecond' as timestamptz(3))) at time zone 'UTC') as time(3)) from "measures"`, "3600000", "3600000"]],
    mariadb: [["select cast((`measures`.`at` + interval (? * 1000) microsecond) as date), cast((`measures`.`at` + interval (? * 1000) microsecond) as time(3)) from `measures`", 3600000n, 3600000n]],
    mysql: [["select cast((`measures`.`at` + interval (? * 1000) microsecond) as date), cast((`measures`.`at` + interval (? * 1000) microsecond) as time(3)) from `measures`", 3600000n, 3600000n]]
  }),
  line("inTimeZone, with a name", Query.from(Measure).pipe(Query.select((m) => Expr.inTimeZone(m.at, "Europe/Berlin") as never)), {
    sqlite: [[`select substr(strata_to_zone("measures"."at", ?), 1, 10), substr(strata_to_zone("measures"."at", ?), 12, 12) from "measures"`, "Europe/Berlin", "Europe/Berlin"]],
    postgresql: [[`select cast((("measures"."at" at time zone $1 at time zone 'UTC') at time zone 'UTC') as date), cast((("measures"."at" at time zone $2 at time zone 'UTC') at time zone 'UTC') as time(3)) from "measures"`, "Europe/Berlin", "Europe/Berlin"]],
    mariadb: unsupported("time zones"),
    mysql: unsupported("time zones")
  }),
  line("today", number(() => Expr.today()), {
    sqlite: [[`select substr(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 1, 10) from "measures"`]],
    postgresql: [[`select cast(((date_trunc('milliseconds', statement_timestamp())) at time zone 'UTC') as date) from "measures"`]],
    mariadb: [["select cast((utc_timestamp(3)) as date) from `measures`"]],
    mysql: [["select cast((utc_timestamp(3)) as date) from `measures`"]]
  })
]
