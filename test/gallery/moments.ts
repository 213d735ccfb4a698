import type { Texts, Words } from "./sql.js"

type Ways = { readonly sqlite: string; readonly postgres: string; readonly mysql: string }

const by = ({ name }: Words, ways: Ways): string => name === "mariadb" ? ways.mysql : ways[name]

/** The hour of summer begins and ends at 01:00 of UTC. */
const berlin =
  `(case when placed_at >= '2025-03-30T01:00:00.000Z' and placed_at < '2025-10-26T01:00:00.000Z' then '+2 hours' else '+1 hours' end)`

const month = (on: Words) =>
  by(on, {
    sqlite: "substr(placed_at, 1, 7) || '-01T00:00:00.000Z'",
    postgres: "date_trunc('month', placed_at)",
    mysql: "date_format(placed_at, '%Y-%m-01 00:00:00')"
  })

export const moments: Texts = {
  cutOrders: (on) => `
    select ${month(on)}, ${
    by(on, {
      sqlite: "strftime('%Y-%m-%dT00:00:00.000Z', placed_at, '-6 days', 'weekday 1')",
      postgres: "date_trunc('week', placed_at)",
      mysql: "date_format(placed_at - interval weekday(placed_at) day, '%Y-%m-%d 00:00:00')"
    })
  }, ${
    by(on, {
      sqlite: "substr(placed_at, 1, 13) || ':00:00.000Z'",
      postgres: "date_trunc('hour', placed_at)",
      mysql: "date_format(placed_at, '%Y-%m-%d %H:00:00')"
    })
  }, ${
    by(on, {
      sqlite: "substr(due_on, 1, 8) || '01'",
      postgres: "date_trunc('month', due_on::timestamp)::date",
      mysql: "date_format(due_on, '%Y-%m-01')"
    })
  }
    from orders order by id`,
  partsOfOrders: (on) => `
    select ${
    by(on, {
      sqlite: ["%Y", "%m", "%d", "%H", "%u"].map((part) => `cast(strftime('${part}', placed_at) as integer)`).join(
        ", "
      ),
      postgres: ["year", "month", "day", "hour", "isodow"].map((part) => `extract(${part} from placed_at)`).join(", "),
      mysql: "year(placed_at), month(placed_at), day(placed_at), hour(placed_at), weekday(placed_at) + 1"
    })
  }
    from orders order by id`,
  reminders: (on) => `
    select ${
    by(on, {
      sqlite:
        "strftime('%Y-%m-%dT%H:%M:%fZ', placed_at, '+1 month', 'floor'), strftime('%Y-%m-%dT%H:%M:%fZ', placed_at, '-1 day', '-2 hours')",
      postgres: "placed_at + interval '1 month', placed_at - interval '1 day 2 hours'",
      mysql: "placed_at + interval 1 month, placed_at - interval 26 hour"
    })
  }
    from orders order by id`,
  hoursIntoTheYear: (on) => `
    select ${
    by(on, {
      sqlite: "(strftime('%s', placed_at) - strftime('%s', '2025-01-01')) / 3600",
      postgres: "trunc(extract(epoch from placed_at - timestamptz '2025-01-01T00:00:00Z') / 3600)",
      mysql: "timestampdiff(hour, '2025-01-01', placed_at)"
    })
  }
    from orders order by id`,
  inBerlin: {
    sqlite: `select id, date(placed_at, ${berlin}), strftime('%H:%M:%f', placed_at, ${berlin}) from orders order by id`,
    postgres: `
      select id, (placed_at at time zone 'Europe/Berlin')::date, to_char(placed_at at time zone 'Europe/Berlin', 'HH24:MI:SS.MS')
      from orders order by id`
  },
  ordersByMonth: (on) => `select ${month(on)}, count(*) from orders group by ${month(on)}`
}
