/**
 * A ring of 100 models, each of which refers to the next, the one before and itself: a form of `Field.references` that looks at its
 * target's type either does not compile here or overflows the compiler's stack. Written by generateRing.ts.
 */
import * as Schema from "effect/Schema"
import { Field, Model, Query, Relation } from "effect-strata"

export class Ring0 extends Model.Class<Ring0>("Ring0")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring1)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring99, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring0))
}, { table: "ring_0" }) {}

export class Ring1 extends Model.Class<Ring1>("Ring1")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring2)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring0, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring1))
}, { table: "ring_1" }) {}

export class Ring2 extends Model.Class<Ring2>("Ring2")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring3)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring1, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring2))
}, { table: "ring_2" }) {}

export class Ring3 extends Model.Class<Ring3>("Ring3")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring4)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring2, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring3))
}, { table: "ring_3" }) {}

export class Ring4 extends Model.Class<Ring4>("Ring4")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring5)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring3, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring4))
}, { table: "ring_4" }) {}

export class Ring5 extends Model.Class<Ring5>("Ring5")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring6)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring4, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring5))
}, { table: "ring_5" }) {}

export class Ring6 extends Model.Class<Ring6>("Ring6")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring7)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring5, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring6))
}, { table: "ring_6" }) {}

export class Ring7 extends Model.Class<Ring7>("Ring7")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring8)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring6, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring7))
}, { table: "ring_7" }) {}

export class Ring8 extends Model.Class<Ring8>("Ring8")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring9)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring7, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring8))
}, { table: "ring_8" }) {}

export class Ring9 extends Model.Class<Ring9>("Ring9")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring10)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring8, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring9))
}, { table: "ring_9" }) {}

export class Ring10 extends Model.Class<Ring10>("Ring10")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring11)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring9, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring10))
}, { table: "ring_10" }) {}

export class Ring11 extends Model.Class<Ring11>("Ring11")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring12)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring10, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring11))
}, { table: "ring_11" }) {}

export class Ring12 extends Model.Class<Ring12>("Ring12")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring13)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring11, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring12))
}, { table: "ring_12" }) {}

export class Ring13 extends Model.Class<Ring13>("Ring13")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring14)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring12, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring13))
}, { table: "ring_13" }) {}

export class Ring14 extends Model.Class<Ring14>("Ring14")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring15)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring13, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring14))
}, { table: "ring_14" }) {}

export class Ring15 extends Model.Class<Ring15>("Ring15")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring16)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring14, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring15))
}, { table: "ring_15" }) {}

export class Ring16 extends Model.Class<Ring16>("Ring16")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring17)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring15, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring16))
}, { table: "ring_16" }) {}

export class Ring17 extends Model.Class<Ring17>("Ring17")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring18)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring16, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring17))
}, { table: "ring_17" }) {}

export class Ring18 extends Model.Class<Ring18>("Ring18")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring19)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring17, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring18))
}, { table: "ring_18" }) {}

export class Ring19 extends Model.Class<Ring19>("Ring19")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring20)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring18, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring19))
}, { table: "ring_19" }) {}

export class Ring20 extends Model.Class<Ring20>("Ring20")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring21)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring19, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring20))
}, { table: "ring_20" }) {}

export class Ring21 extends Model.Class<Ring21>("Ring21")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring22)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring20, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring21))
}, { table: "ring_21" }) {}

export class Ring22 extends Model.Class<Ring22>("Ring22")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring23)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring21, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring22))
}, { table: "ring_22" }) {}

export class Ring23 extends Model.Class<Ring23>("Ring23")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring24)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring22, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring23))
}, { table: "ring_23" }) {}

export class Ring24 extends Model.Class<Ring24>("Ring24")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring25)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring23, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring24))
}, { table: "ring_24" }) {}

export class Ring25 extends Model.Class<Ring25>("Ring25")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring26)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring24, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring25))
}, { table: "ring_25" }) {}

export class Ring26 extends Model.Class<Ring26>("Ring26")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring27)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring25, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring26))
}, { table: "ring_26" }) {}

export class Ring27 extends Model.Class<Ring27>("Ring27")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring28)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring26, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring27))
}, { table: "ring_27" }) {}

export class Ring28 extends Model.Class<Ring28>("Ring28")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring29)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring27, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring28))
}, { table: "ring_28" }) {}

export class Ring29 extends Model.Class<Ring29>("Ring29")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring30)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring28, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring29))
}, { table: "ring_29" }) {}

export class Ring30 extends Model.Class<Ring30>("Ring30")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring31)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring29, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring30))
}, { table: "ring_30" }) {}

export class Ring31 extends Model.Class<Ring31>("Ring31")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring32)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring30, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring31))
}, { table: "ring_31" }) {}

export class Ring32 extends Model.Class<Ring32>("Ring32")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring33)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring31, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring32))
}, { table: "ring_32" }) {}

export class Ring33 extends Model.Class<Ring33>("Ring33")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring34)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring32, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring33))
}, { table: "ring_33" }) {}

export class Ring34 extends Model.Class<Ring34>("Ring34")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring35)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring33, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring34))
}, { table: "ring_34" }) {}

export class Ring35 extends Model.Class<Ring35>("Ring35")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring36)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring34, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring35))
}, { table: "ring_35" }) {}

export class Ring36 extends Model.Class<Ring36>("Ring36")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring37)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring35, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring36))
}, { table: "ring_36" }) {}

export class Ring37 extends Model.Class<Ring37>("Ring37")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring38)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring36, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring37))
}, { table: "ring_37" }) {}

export class Ring38 extends Model.Class<Ring38>("Ring38")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring39)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring37, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring38))
}, { table: "ring_38" }) {}

export class Ring39 extends Model.Class<Ring39>("Ring39")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring40)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring38, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring39))
}, { table: "ring_39" }) {}

export class Ring40 extends Model.Class<Ring40>("Ring40")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring41)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring39, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring40))
}, { table: "ring_40" }) {}

export class Ring41 extends Model.Class<Ring41>("Ring41")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring42)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring40, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring41))
}, { table: "ring_41" }) {}

export class Ring42 extends Model.Class<Ring42>("Ring42")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring43)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring41, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring42))
}, { table: "ring_42" }) {}

export class Ring43 extends Model.Class<Ring43>("Ring43")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring44)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring42, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring43))
}, { table: "ring_43" }) {}

export class Ring44 extends Model.Class<Ring44>("Ring44")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring45)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring43, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring44))
}, { table: "ring_44" }) {}

export class Ring45 extends Model.Class<Ring45>("Ring45")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring46)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring44, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring45))
}, { table: "ring_45" }) {}

export class Ring46 extends Model.Class<Ring46>("Ring46")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring47)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring45, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring46))
}, { table: "ring_46" }) {}

export class Ring47 extends Model.Class<Ring47>("Ring47")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring48)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring46, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring47))
}, { table: "ring_47" }) {}

export class Ring48 extends Model.Class<Ring48>("Ring48")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring49)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring47, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring48))
}, { table: "ring_48" }) {}

export class Ring49 extends Model.Class<Ring49>("Ring49")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring50)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring48, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring49))
}, { table: "ring_49" }) {}

export class Ring50 extends Model.Class<Ring50>("Ring50")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring51)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring49, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring50))
}, { table: "ring_50" }) {}

export class Ring51 extends Model.Class<Ring51>("Ring51")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring52)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring50, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring51))
}, { table: "ring_51" }) {}

export class Ring52 extends Model.Class<Ring52>("Ring52")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring53)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring51, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring52))
}, { table: "ring_52" }) {}

export class Ring53 extends Model.Class<Ring53>("Ring53")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring54)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring52, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring53))
}, { table: "ring_53" }) {}

export class Ring54 extends Model.Class<Ring54>("Ring54")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring55)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring53, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring54))
}, { table: "ring_54" }) {}

export class Ring55 extends Model.Class<Ring55>("Ring55")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring56)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring54, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring55))
}, { table: "ring_55" }) {}

export class Ring56 extends Model.Class<Ring56>("Ring56")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring57)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring55, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring56))
}, { table: "ring_56" }) {}

export class Ring57 extends Model.Class<Ring57>("Ring57")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring58)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring56, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring57))
}, { table: "ring_57" }) {}

export class Ring58 extends Model.Class<Ring58>("Ring58")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring59)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring57, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring58))
}, { table: "ring_58" }) {}

export class Ring59 extends Model.Class<Ring59>("Ring59")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring60)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring58, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring59))
}, { table: "ring_59" }) {}

export class Ring60 extends Model.Class<Ring60>("Ring60")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring61)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring59, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring60))
}, { table: "ring_60" }) {}

export class Ring61 extends Model.Class<Ring61>("Ring61")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring62)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring60, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring61))
}, { table: "ring_61" }) {}

export class Ring62 extends Model.Class<Ring62>("Ring62")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring63)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring61, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring62))
}, { table: "ring_62" }) {}

export class Ring63 extends Model.Class<Ring63>("Ring63")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring64)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring62, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring63))
}, { table: "ring_63" }) {}

export class Ring64 extends Model.Class<Ring64>("Ring64")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring65)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring63, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring64))
}, { table: "ring_64" }) {}

export class Ring65 extends Model.Class<Ring65>("Ring65")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring66)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring64, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring65))
}, { table: "ring_65" }) {}

export class Ring66 extends Model.Class<Ring66>("Ring66")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring67)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring65, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring66))
}, { table: "ring_66" }) {}

export class Ring67 extends Model.Class<Ring67>("Ring67")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring68)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring66, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring67))
}, { table: "ring_67" }) {}

export class Ring68 extends Model.Class<Ring68>("Ring68")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring69)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring67, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring68))
}, { table: "ring_68" }) {}

export class Ring69 extends Model.Class<Ring69>("Ring69")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring70)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring68, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring69))
}, { table: "ring_69" }) {}

export class Ring70 extends Model.Class<Ring70>("Ring70")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring71)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring69, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring70))
}, { table: "ring_70" }) {}

export class Ring71 extends Model.Class<Ring71>("Ring71")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring72)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring70, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring71))
}, { table: "ring_71" }) {}

export class Ring72 extends Model.Class<Ring72>("Ring72")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring73)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring71, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring72))
}, { table: "ring_72" }) {}

export class Ring73 extends Model.Class<Ring73>("Ring73")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring74)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring72, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring73))
}, { table: "ring_73" }) {}

export class Ring74 extends Model.Class<Ring74>("Ring74")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring75)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring73, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring74))
}, { table: "ring_74" }) {}

export class Ring75 extends Model.Class<Ring75>("Ring75")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring76)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring74, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring75))
}, { table: "ring_75" }) {}

export class Ring76 extends Model.Class<Ring76>("Ring76")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring77)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring75, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring76))
}, { table: "ring_76" }) {}

export class Ring77 extends Model.Class<Ring77>("Ring77")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring78)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring76, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring77))
}, { table: "ring_77" }) {}

export class Ring78 extends Model.Class<Ring78>("Ring78")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring79)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring77, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring78))
}, { table: "ring_78" }) {}

export class Ring79 extends Model.Class<Ring79>("Ring79")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring80)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring78, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring79))
}, { table: "ring_79" }) {}

export class Ring80 extends Model.Class<Ring80>("Ring80")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring81)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring79, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring80))
}, { table: "ring_80" }) {}

export class Ring81 extends Model.Class<Ring81>("Ring81")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring82)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring80, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring81))
}, { table: "ring_81" }) {}

export class Ring82 extends Model.Class<Ring82>("Ring82")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring83)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring81, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring82))
}, { table: "ring_82" }) {}

export class Ring83 extends Model.Class<Ring83>("Ring83")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring84)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring82, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring83))
}, { table: "ring_83" }) {}

export class Ring84 extends Model.Class<Ring84>("Ring84")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring85)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring83, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring84))
}, { table: "ring_84" }) {}

export class Ring85 extends Model.Class<Ring85>("Ring85")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring86)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring84, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring85))
}, { table: "ring_85" }) {}

export class Ring86 extends Model.Class<Ring86>("Ring86")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring87)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring85, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring86))
}, { table: "ring_86" }) {}

export class Ring87 extends Model.Class<Ring87>("Ring87")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring88)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring86, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring87))
}, { table: "ring_87" }) {}

export class Ring88 extends Model.Class<Ring88>("Ring88")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring89)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring87, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring88))
}, { table: "ring_88" }) {}

export class Ring89 extends Model.Class<Ring89>("Ring89")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring90)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring88, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring89))
}, { table: "ring_89" }) {}

export class Ring90 extends Model.Class<Ring90>("Ring90")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring91)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring89, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring90))
}, { table: "ring_90" }) {}

export class Ring91 extends Model.Class<Ring91>("Ring91")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring92)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring90, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring91))
}, { table: "ring_91" }) {}

export class Ring92 extends Model.Class<Ring92>("Ring92")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring93)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring91, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring92))
}, { table: "ring_92" }) {}

export class Ring93 extends Model.Class<Ring93>("Ring93")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring94)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring92, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring93))
}, { table: "ring_93" }) {}

export class Ring94 extends Model.Class<Ring94>("Ring94")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring95)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring93, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring94))
}, { table: "ring_94" }) {}

export class Ring95 extends Model.Class<Ring95>("Ring95")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring96)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring94, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring95))
}, { table: "ring_95" }) {}

export class Ring96 extends Model.Class<Ring96>("Ring96")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring97)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring95, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring96))
}, { table: "ring_96" }) {}

export class Ring97 extends Model.Class<Ring97>("Ring97")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring98)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring96, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring97))
}, { table: "ring_97" }) {}

export class Ring98 extends Model.Class<Ring98>("Ring98")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring99)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring97, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring98))
}, { table: "ring_98" }) {}

export class Ring99 extends Model.Class<Ring99>("Ring99")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring0)),
  beforeId: Schema.Int.pipe(Field.references(() => Ring98, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring99))
}, { table: "ring_99" }) {}

export const around = Query.from(Ring0).pipe(
  Query.include({
    next: Relation.belongsTo(Ring0, Ring1, "nextId").pipe(
      Relation.include({ next: Relation.belongsTo(Ring1, Ring2, "nextId") })
    ),
    before: Relation.belongsTo(Ring0, Ring99, "beforeId"),
    self: Relation.belongsTo(Ring0, Ring0, "selfId")
  })
)
